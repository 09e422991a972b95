"""A rehearsal province: invented people and organisations who act through the portal's own acts."""
