// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.Optional;

/**
 * The ports of the REST surface.
 *
 * @param listen plain HTTP: routers speak nothing else
 * @param plain what the plain port serves
 * @param tls a second port, for operators and members
 */
public record HttpConfig(HostPort listen, Plain plain, Optional<Tls> tls) {
  /** The routes of the plain port. */
  public enum Plain {
    /** Everything. */
    ALL,
    /** The map and the probes; anything else is refused with the address of the TLS port. */
    ROUTERS
  }

  /** Whether clients of the TLS port present a certificate. */
  public enum ClientAuth {
    /** They are not asked for one. */
    NONE,
    /** They may. */
    WANT,
    /** They must. */
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
