package api

import (
	"sync"
	"time"
)

// kept are bytes that many ask for and that take long to make, for a while. Safe for concurrent use.
type kept struct {
	mu    sync.Mutex
	at    time.Time
	bytes []byte
}

const keptFor = time.Minute

// get returns what is kept, or makes it anew, once for all who ask meanwhile. Nobody may change it.
func (k *kept) get(now time.Time, anew func() ([]byte, error)) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if age := now.Sub(k.at); k.bytes != nil && age >= 0 && age < keptFor {
		return k.bytes, nil
	}
	b, err := anew()
	if err == nil {
		k.at, k.bytes = now, b
	}
	return b, err
}
