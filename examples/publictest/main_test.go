package main

func Example() {
	main()
	// Output: Ada Lovelace: Extrovert (Energy: 75 %)
}
