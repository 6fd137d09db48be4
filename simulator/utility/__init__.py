"""A utility with the API of docs/utility-api.yaml, its sign-in and a console for its representative."""
