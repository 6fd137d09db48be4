"""An OpenADR 3.1 VTN beside the utility: its API (openadr3.yaml), its tokens, and what VENs may see."""
