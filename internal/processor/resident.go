package processor

import (
	"bytes"
	"os"
	"strconv"
)

// Resident is the memory that this process has in bytes, what is not Go's included, where the kernel
// tells; 0 elsewhere.
func Resident() uint64 {
	statm, err := os.ReadFile("/proc/self/statm")
	fields := bytes.Fields(statm)
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseUint(string(fields[1]), 10, 64)
	return pages * uint64(os.Getpagesize())
}
