// Package clientele is an embeddable CRM: see README.md.
package clientele
