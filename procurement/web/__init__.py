"""The web: one package per audience, and the design system's renderer and component page."""
