// Package processor tells how much processor time was taken: a figure that a busy machine changes
// little, unlike the time on the clock.
package processor

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// TimeOf is what the process of the id has taken, where the kernel tells, in steps of 10 ms.
func TimeOf(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if err != nil || len(fields) < 13 {
		return 0
	}
	const tick = 10 * time.Millisecond
	user, _ := strconv.Atoi(string(fields[11]))
	system, _ := strconv.Atoi(string(fields[12]))
	return time.Duration(user+system) * tick
}
