print("reduction")
