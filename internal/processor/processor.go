// Package processor tells how much processor time was taken, a figure that a busy machine changes
// little, unlike the time on the clock, and how much memory.
package processor

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// TimeOf is what the process of the id, which has one thread, has taken, where the kernel tells.
func TimeOf(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	taken, _, _ := bytes.Cut(stat, []byte(" "))
	ns, notANumber := strconv.ParseInt(string(taken), 10, 64)
	if err != nil || notANumber != nil {
		return 0
	}
	return time.Duration(ns)
}
