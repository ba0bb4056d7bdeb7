//go:build !cgo

package keys

import "crypto"

// device stands for a PKCS#11 token, which this build cannot speak to.
type device struct{}

func connect(deviceSettings, string) (*device, error) {
	return nil, ErrDevice.With("本程序编译时未启用cgo，不能使用PKCS#11设备")
}

func (*device) close() error { return nil }

func (*device) generate(Algorithm, string) (crypto.Signer, []byte, error) { return nil, nil, ErrDevice }

func (*device) find(string) (crypto.Signer, error) { return nil, ErrDevice }
