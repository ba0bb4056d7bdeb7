//go:build race

package main

// raceDetected says that the race detector slows this program down several times: what a server must do within a time is
// then only logged.
const raceDetected = true
