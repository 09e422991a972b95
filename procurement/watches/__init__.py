"""What people asked to be told of: a procurement, an agency or a search; at once or in a digest."""
