// n random waits at once in goroutines that send on a channel: what one writes by hand.
//
// usage: goroutines N MAX_DELAY SEED
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func waitN(n int, maxDelay float64, random *rand.Rand) []float64 {
	delays := make(chan float64)
	for i := 0; i < n; i++ {
		delay := random.Float64() * maxDelay
		go func() {
			time.Sleep(time.Duration(delay * 1e9))
			delays <- delay
		}()
	}
	ended := make([]float64, 0, n)
	for i := 0; i < n; i++ {
		ended = append(ended, <-delays)
	}
	return ended
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	maxDelay, _ := strconv.ParseFloat(os.Args[2], 64)
	seed, _ := strconv.ParseUint(os.Args[3], 10, 64)
	random := rand.New(rand.NewSource(int64(seed)))

	memory := status("VmRSS:")
	cpu := cpuTime()
	start := time.Now()
	ended := waitN(n, maxDelay, random)
	total := time.Since(start).Seconds()
	cpu = cpuTime() - cpu
	memory = status("VmHWM:") - memory

	longest, outOfOrder := 0.0, 0
	for i, delay := range ended {
		if delay > longest {
			longest = delay
		}
		if i > 0 && ended[i-1] > delay {
			outOfOrder++
		}
	}
	figures, _ := json.Marshal(map[string]any{
		"n":            len(ended),
		"total_s":      total,
		"longest_s":    longest,
		"cpu_s":        cpu,
		"memory_bytes": memory,
		"out_of_order": outOfOrder,
	})
	fmt.Println(string(figures))
}

func cpuTime() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func status(field string) int {
	text, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, field) {
			kilobytes, _ := strconv.Atoi(strings.Fields(line)[1])
			return kilobytes * 1024
		}
	}
	panic("no " + field + " in /proc/self/status")
}
