// n random waits at once in goroutines that send on a channel, as people write them by hand.
//
// usage: goroutines N MAX_DELAY SEED
package main

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type wait struct {
	delay float64
	late  time.Duration
}

func waitN(n int, maxDelay float64, random *rand.Rand) []wait {
	start := time.Now()
	waits := make(chan wait)
	for i := 0; i < n; i++ {
		delay := random.Float64() * maxDelay
		go func() {
			duration := time.Duration(delay * 1e9)
			time.Sleep(duration)
			waits <- wait{delay, time.Since(start) - duration}
		}()
	}
	ended := make([]wait, 0, n)
	for i := 0; i < n; i++ {
		ended = append(ended, <-waits)
	}
	return ended
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	maxDelay, _ := strconv.ParseFloat(os.Args[2], 64)
	seed, _ := strconv.ParseUint(os.Args[3], 10, 64)
	random := rand.New(rand.NewSource(int64(seed)))

	memory := status("VmRSS:")
	var before, after syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	start := time.Now()
	ended := waitN(n, maxDelay, random)
	total := time.Since(start).Seconds()
	syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	peak := status("VmHWM:")

	longest, sum, outOfOrder, early := 0.0, 0.0, 0, 0
	counts := map[int64]int64{}
	for i, wait := range ended {
		sum += wait.delay
		if wait.delay > longest {
			longest = wait.delay
		}
		if i > 0 && ended[i-1].delay > wait.delay {
			outOfOrder++
		}
		if wait.late < 0 {
			early++
		} else {
			counts[bucket(wait.late)]++
		}
	}
	histogram := [][2]int64{}
	for late, count := range counts {
		histogram = append(histogram, [2]int64{late, count})
	}
	sort.Slice(histogram, func(i, j int) bool { return histogram[i][0] < histogram[j][0] })
	figures, _ := json.Marshal(map[string]any{
		"n":              len(ended),
		"total_s":        total,
		"longest_s":      longest,
		"sum_s":          sum,
		"cpu_user_s":     float64(after.Utime.Nano()-before.Utime.Nano()) / 1e9,
		"cpu_system_s":   float64(after.Stime.Nano()-before.Stime.Nano()) / 1e9,
		"base_rss_bytes": memory,
		"peak_rss_bytes": peak,
		"out_of_order":   outOfOrder,
		"early":          early,
		"lateness_ns":    histogram,
	})
	fmt.Println(string(figures))
}

func bucket(late time.Duration) int64 {
	nanos := late.Nanoseconds()
	width := int64(1)
	if length := bits.Len64(uint64(nanos)); length > 7 {
		width <<= length - 7
	}
	return nanos/width*width + width/2
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
