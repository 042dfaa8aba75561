"""The pocket model: a few million weights that turn what was heard into a call, trained by this project.

Run time needs `understand` and what it imports, and `everyday.arpa.xz` for the recogniser; the rest is the recipe:
`python -m models.pocket.train`, then `python -m models.pocket.finish`.
"""
