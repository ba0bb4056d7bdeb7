//go:build !unix

package witness

import (
	"errors"
	"os"
)

// lockFile refuses: two witnesses on one state would sign two histories, and here nothing is known that keeps them apart.
func lockFile(*os.File) error {
	return errors.New("witness: a state file can be locked on Unix systems only")
}
