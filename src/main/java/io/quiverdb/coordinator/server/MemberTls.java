// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.config.TlsConfig;
import io.quiverdb.coordinator.tls.RenewableTls;
import io.quiverdb.coordinator.tls.TlsException;
import io.quiverdb.coordinator.tls.TlsMaterial;
import io.quiverdb.coordinator.tls.Trust;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** This member's certificate and the CAs that it trusts, reloaded when their files change. */
final class MemberTls {
  private static final Duration EXPIRY_WARNING = Duration.ofDays(14);

  private final RenewableTls renewable;
  private final Path certFile;
  private final Clock clock;
  private volatile Instant expires;

  private MemberTls(TlsConfig config, TlsMaterial material, Clock clock) {
    this.renewable = RenewableTls.of(material);
    this.certFile = config.certFile();
    this.expires = material.expires();
    this.clock = clock;
  }

  /**
   * Reads the configured files.
   *
   * @throws MemberStartException if a file is missing or broken
   */
  static Optional<MemberTls> of(Optional<TlsConfig> config, Reloads reloads, Clock clock)
      throws MemberStartException {
    if (config.isEmpty()) {
      return Optional.empty();
    }
    TlsConfig files = config.get();
    try {
      MemberTls tls = new MemberTls(files, read(files), clock);
      reloads.add(
          new WatchedFiles(
              "the certificate of this member",
              List.of(files.certFile(), files.keyFile(), files.caFile()),
              () -> tls.renew(files)));
      return Optional.of(tls);
    } catch (TlsException e) {
      throw new MemberStartException("tls: " + e.getMessage(), e);
    }
  }

  /**
   * Trust in configured CAs.
   *
   * @param caFile if empty, the CAs that the JVM trusts
   * @param key the key of the file in the configuration
   */
  static Optional<RenewableTls> trusting(Optional<Path> caFile, String key, Reloads reloads)
      throws MemberStartException {
    if (caFile.isEmpty()) {
      return Optional.empty();
    }
    Path file = caFile.get();
    try {
      RenewableTls trust = RenewableTls.trusting(Trust.authorities(file));
      reloads.add(
          new WatchedFiles(key, List.of(file), () -> trust.replace(Trust.authorities(file))));
      return Optional.of(trust);
    } catch (TlsException e) {
      throw new MemberStartException(key + ": " + e.getMessage(), e);
    }
  }

  private static TlsMaterial read(TlsConfig files) throws TlsException {
    return TlsMaterial.read(files.certFile(), files.keyFile(), files.caFile());
  }

  private void renew(TlsConfig files) throws TlsException {
    TlsMaterial material = read(files);
    if (!material.expires().isAfter(clock.instant())) {
      throw new TlsException(certFile + " expired at " + material.expires());
    }
    renewable.replace(material);
    expires = material.expires();
  }

  RenewableTls renewable() {
    return renewable;
  }

  /** How long the certificate is still valid; negative after it has expired. */
  Duration left() {
    return Duration.between(clock.instant(), expires);
  }

  Optional<Alarm> alarm() {
    Duration left = left();
    if (left.compareTo(EXPIRY_WARNING) >= 0) {
      return Optional.empty();
    }
    boolean expired = left.isNegative() || left.isZero();
    return Optional.of(
        new Alarm(
            "certificate_expires",
            expired ? "critical" : "warning",
            "the certificate in "
                + certFile
                + (expired ? " expired at " : " expires at ")
                + expires
                + ": replace it; the new one is loaded without a restart"));
  }
}
