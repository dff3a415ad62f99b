print("allocation")
