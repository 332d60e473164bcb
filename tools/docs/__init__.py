"""The site of the documentation: docs/, with reference pages that are made from code and data.

    python -m tools.docs build/docs

Sphinx reads Markdown through MyST. A warning of Sphinx, such as one of a link that leads nowhere, is an
error.
"""
