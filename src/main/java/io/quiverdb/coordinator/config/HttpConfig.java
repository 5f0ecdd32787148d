// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.Optional;

/**
 * The REST surface.
 *
 * @param listen plain HTTP: routers speak nothing else
 * @param plain what is served there
 * @param tls a second port, for operators and members
 */
public record HttpConfig(HostPort listen, Plain plain, Optional<Tls> tls) {
  /** What the plain port serves. */
  public enum Plain {
    /** Everything. */
    ALL,
    /** The map and the probes; anything else is refused with the address of the TLS port. */
    ROUTERS
  }

  /** Whether a client of the TLS port shows a certificate. */
  public enum ClientAuth {
    /** It is not asked for one. */
    NONE,
    /** It may. */
    WANT,
    /** It must. */
    NEED
  }

  /**
   * The TLS port.
   *
   * @param listen HTTP over TLS
   * @param clientAuth whether clients show certificates
   */
  public record Tls(HostPort listen, ClientAuth clientAuth) {}
}
