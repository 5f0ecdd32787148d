// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.http.Listening;
import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.api.request.MemberProof;
import io.quiverdb.coordinator.api.request.Safeguards;
import io.quiverdb.coordinator.config.CoordinatorConfig;
import io.quiverdb.coordinator.config.EnsembleSecrets;
import io.quiverdb.coordinator.config.HostPort;
import io.quiverdb.coordinator.config.HttpConfig;
import io.quiverdb.coordinator.config.Secret;
import io.quiverdb.coordinator.member.EnsembleSecret;
import io.quiverdb.coordinator.member.Introduction;
import io.quiverdb.coordinator.tls.RenewableTls;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The protection of this member: keys, secrets and certificates, which are reloaded while it runs,
 * and the audit file. Thread-safe.
 */
final class Protection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Protection.class);

  private final CoordinatorConfig config;
  private final Reloads reloads = new Reloads();
  private final ApiKeys keys;
  private final Optional<EnsembleSecret> secret;
  private final Optional<MemberTls> tls;
  private final Optional<RenewableTls> shards;
  private final Optional<RenewableTls> routers;
  private final Optional<AuditLog> audit;

  /**
   * Reads the configured files.
   *
   * @throws MemberStartException if a file is missing or broken
   */
  Protection(CoordinatorConfig config, Clock clock) throws MemberStartException {
    this.config = config;
    this.keys = new ApiKeys(config.auth(), reloads);
    this.secret = config.ensemble().secrets().map(this::watched);
    this.tls = MemberTls.of(config.tls(), reloads, clock);
    this.shards = MemberTls.trusting(config.shards().caFile(), "shards.ca_file", reloads);
    this.routers = MemberTls.trusting(config.routersCa(), "routers_ca", reloads);
    this.audit = AuditLog.of(config.audit());
  }

  private EnsembleSecret watched(EnsembleSecrets configured) {
    EnsembleSecret known = new EnsembleSecret(revealed(configured.secrets()));
    configured
        .file()
        .ifPresent(
            file ->
                reloads.add(
                    new WatchedFiles(
                        "ensemble.secret_file",
                        List.of(file),
                        () -> known.renew(revealed(EnsembleSecrets.read(file))))));
    return known;
  }

  private static List<String> revealed(List<Secret> secrets) {
    return secrets.stream().map(Secret::reveal).toList();
  }

  /** Logs what is unprotected, then watches the files. */
  void begin(ScheduledExecutorService scheduler) {
    warn();
    audit.ifPresent(log -> log.begin(scheduler));
    reloads.begin(scheduler);
  }

  /** Warns about unprotected ports, unless the ensemble is a single member or on one machine. */
  private void warn() {
    boolean elsewhere =
        config.ensemble().members().stream().anyMatch(member -> !member.raft().isLoopback());
    if (config.ensemble().members().size() == 1 || !elsewhere) {
      return;
    }
    if (!config.raft().tls()) {
      LOG.warn(
          "raft.tls is not set: everybody who can connect to {} can read and write the log"
              + " of this ensemble; let only its members reach that port",
          config.raft().listen());
    }
    if (!config.raft().tls() && secret.isEmpty()) {
      LOG.warn(
          "neither raft.tls nor ensemble.secret is set: members do not authenticate each"
              + " other over HTTP, although their reports decide which members vote");
    }
  }

  /** Reloads files that were changed, and reopens files that were renamed. */
  void lookAtFiles() {
    reloads.look();
    audit.ifPresent(AuditLog::reopen);
  }

  ApiKeys keys() {
    return keys;
  }

  /** How this member authenticates itself to other members. */
  Introduction introduction() {
    return new Introduction(secret);
  }

  /** TLS for calls to other members. */
  Optional<SSLContext> toMembers() {
    return tls.map(own -> own.renewable().client());
  }

  /** TLS for calls to shards. */
  Optional<SSLContext> toShards() {
    return shards.map(RenewableTls::client);
  }

  /** TLS for calls to routers. */
  Optional<SSLContext> toRouters() {
    return routers.map(RenewableTls::client);
  }

  /** TLS for Raft; empty if Raft is plain. */
  Optional<RenewableTls> raft() {
    return config.raft().tls() ? tls.map(MemberTls::renewable) : Optional.empty();
  }

  /** How long the certificate is still valid. */
  Optional<Duration> certificateLeft() {
    return tls.map(MemberTls::left);
  }

  Listening listening() {
    HostPort plain = config.http().listen();
    return new Listening(plain.host(), plain.port(), config.http().tls().map(this::secured));
  }

  private Listening.Tls secured(HttpConfig.Tls port) {
    return new Listening.Tls(
        port.listen().host(),
        port.listen().port(),
        Listening.Certificates.valueOf(port.clientAuth().name()),
        tls.orElseThrow().renewable());
  }

  Safeguards safeguards() {
    return new Safeguards(
        this::alarms,
        audit.map(log -> log::append),
        config.http().plain() == HttpConfig.Plain.ROUTERS
            ? config.http().tls().map(port -> advertised(port.listen()))
            : Optional.empty(),
        new MemberProof(tls.map(MemberTls::renewable), secret, config.raft().tls()));
  }

  /**
   * The URL of this member's TLS port: its address in the list if that is https, else the address
   * on which it listens.
   */
  private URI advertised(HostPort listen) {
    URI own = config.ensemble().member(config.node().id()).http();
    return "https".equals(own.getScheme()) ? own : URI.create("https://" + listen);
  }

  private List<Alarm> alarms() {
    List<Alarm> alarms = new ArrayList<>(reloads.alarms());
    audit.flatMap(AuditLog::alarm).ifPresent(alarms::add);
    tls.flatMap(MemberTls::alarm).ifPresent(alarms::add);
    return alarms;
  }

  @Override
  public void close() {
    audit.ifPresent(AuditLog::close);
  }
}
