// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.quiverdb.coordinator.tls.RenewableTls;
import java.util.Optional;

/**
 * The ports of the REST surface.
 *
 * @param host the address that plain HTTP binds
 * @param port its port; 0: any free one
 * @param tls a second port
 */
public record Listening(String host, int port, Optional<Tls> tls) {
  /** Whether clients of the TLS port present certificates. */
  public enum Certificates {
    /** They are not asked for one. */
    NONE,
    /** They may. */
    WANT,
    /** They must. */
    NEED
  }

  /**
   * The port for HTTP over TLS.
   *
   * @param host the address that it binds
   * @param port its port; 0: any free one
   * @param certificates of clients
   * @param material its certificate and trusted CAs
   */
  public record Tls(String host, int port, Certificates certificates, RenewableTls material) {}
}
