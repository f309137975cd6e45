"""The fuzzer: random conversations with a real server, which has to answer each request, soon and without a fault."""
