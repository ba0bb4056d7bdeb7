//go:build cgo

package keys

import (
	"crypto"
	"crypto/elliptic"
	"encoding/pem"
	"fmt"

	"github.com/ThalesGroup/crypto11"
)

// device is a PKCS#11 token.
type device struct {
	token *crypto11.Context
	label string
}

func connect(s deviceSettings, pin string) (*device, error) {
	token, err := crypto11.Configure(&crypto11.Config{Path: s.Module, TokenLabel: s.Token, Pin: pin})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDevice, err)
	}
	return &device{token: token, label: s.Label}, nil
}

func (d *device) close() error { return d.token.Close() }

// generate makes a key in the token and returns it with what the key file keeps of it: its label, made unique so that
// the loser of a race takes the winner's key and not its own.
func (d *device) generate(a Algorithm, name string) (crypto.Signer, []byte, error) {
	n, err := serial()
	if err != nil {
		return nil, nil, fmt.Errorf("name key: %w", err)
	}
	label := fmt.Sprintf("%s/%s/%x", d.label, name, n.Bytes()[:8])
	key, err := d.makeKey(a, []byte(label))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrDevice, err)
	}
	return key, pem.EncodeToMemory(&pem.Block{Type: deviceBlock, Bytes: []byte(label)}), nil
}

func (d *device) makeKey(a Algorithm, label []byte) (crypto.Signer, error) {
	switch a {
	case P256:
		return d.token.GenerateECDSAKeyPairWithLabel(label, label, elliptic.P256())
	case RSA3072:
		return d.token.GenerateRSAKeyPairWithLabel(label, label, rsaBits)
	}
	return nil, ErrUse.With("算法 %s", a)
}

// find returns the key of a label.
func (d *device) find(label string) (crypto.Signer, error) {
	key, err := d.token.FindKeyPair(nil, []byte(label))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDevice, err)
	}
	if key == nil {
		return nil, ErrDevice.With("设备中没有密钥 %s", label)
	}
	return key, nil
}
