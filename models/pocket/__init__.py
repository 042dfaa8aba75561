"""The pocket model: a few million weights that turn what was heard into a call, trained by this project.

Run time needs `frames`, `words` and `understand` only; the rest is the recipe (`python -m models.pocket.train`).
"""
