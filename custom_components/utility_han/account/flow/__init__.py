"""The pages of the way to the utility: signing in with an account, or a VTN (OpenADR)."""
