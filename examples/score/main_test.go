package main

func Example() {
	main()
	// Output: 2/3 of 1 points, 66.67 %
}
