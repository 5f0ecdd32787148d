// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.HttpConfig.ClientAuth;
import io.quiverdb.coordinator.config.HttpConfig.Plain;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the ports of this member and their protection. */
final class WireReader {
  private static final HostPort DEFAULT_HTTP = new HostPort("127.0.0.1", 6335);

  private enum RaftTls {
    NONE,
    REQUIRED
  }

  private final Section root;
  private final Path folder;
  private final boolean standalone;

  WireReader(Section root, Path folder, boolean standalone) {
    this.root = root;
    this.folder = folder;
    this.standalone = standalone;
  }

  Optional<TlsConfig> tls() throws ConfigException {
    Section section = root.section("tls");
    if (!section.has("cert_file") && !section.has("key_file") && !section.has("ca_file")) {
      section.nothingElse();
      return Optional.empty();
    }
    TlsConfig tls =
        new TlsConfig(
            FilePath.of(section.field("cert_file"), folder),
            FilePath.of(section.field("key_file"), folder),
            FilePath.of(section.field("ca_file"), folder));
    section.nothingElse();
    return Optional.of(tls);
  }

  HttpConfig http(Optional<TlsConfig> tls) throws ConfigException {
    Section section = root.section("http");
    HostPort listen =
        standalone && !section.has("listen") ? DEFAULT_HTTP : section.hostPort("listen");
    ClientAuth clientAuth = section.choiceOr("client_auth", ClientAuth.WANT);
    Plain plain = section.choiceOr("plain", Plain.ALL);
    Optional<HttpConfig.Tls> secured = Optional.empty();
    if (section.has("tls_listen")) {
      HostPort address = section.hostPort("tls_listen");
      if (tls.isEmpty()) {
        throw section.error(
            "tls_listen", "wants the section tls, with cert_file, key_file, ca_file");
      }
      if (address.port() == listen.port()) {
        throw section.error(
            "tls_listen", "port " + address.port() + " is that of http.listen already");
      }
      secured = Optional.of(new HttpConfig.Tls(address, clientAuth));
    } else if (section.has("client_auth") || plain == Plain.ROUTERS) {
      throw section.error(
          section.has("client_auth") ? "client_auth" : "plain",
          "wants http.tls_listen: there would be no port that it speaks of, or none for operators");
    }
    section.nothingElse();
    return new HttpConfig(listen, plain, secured);
  }

  /**
   * The default Raft port, next to the REST port: the environment of a single-node coordinator has
   * none.
   */
  RaftConfig raft(HttpConfig http, Optional<TlsConfig> tls) throws ConfigException {
    Section section = root.section("raft");
    int beside = http.listen().port() < 65535 ? http.listen().port() + 1 : 65534;
    HostPort listen =
        standalone && !section.has("listen")
            ? new HostPort("127.0.0.1", beside)
            : section.hostPort("listen");
    boolean required = section.choiceOr("tls", RaftTls.NONE) == RaftTls.REQUIRED;
    if (required && tls.isEmpty()) {
      throw section.error("tls", "wants the section tls, with cert_file, key_file, ca_file");
    }
    section.nothingElse();
    if (listen.port() == http.listen().port()) {
      throw section.error("listen", "port " + listen.port() + " is that of http.listen already");
    }
    if (http.tls().filter(port -> port.listen().port() == listen.port()).isPresent()) {
      throw section.error(
          "listen", "port " + listen.port() + " is that of http.tls_listen already");
    }
    return new RaftConfig(listen, required);
  }

  /** Checks that the members can call each other at their addresses. */
  void check(
      NodeConfig node, EnsembleConfig ensemble, HttpConfig http, RaftConfig raft, boolean tls)
      throws ConfigException {
    Section members = root.section("ensemble");
    for (MemberConfig member : ensemble.members()) {
      boolean https = isTls(member.http());
      boolean self = member.id().equals(node.id());
      if (https && !tls) {
        throw members.error(
            "members", member.http() + " wants the section tls, for the CAs to trust there");
      }
      if (raft.tls() && !https && ensemble.members().size() > 1) {
        throw root.section("raft")
            .error(
                "tls",
                "required wants https in ensemble.members[].http, but that of "
                    + member.id()
                    + " is "
                    + member.http()
                    + ": reports that decide which members vote are sent there");
      }
      if (self && https && http.tls().isEmpty()) {
        throw members.error(
            "members",
            member.http() + " is where the others call this member; set http.tls_listen");
      }
      if (self && https && http.tls().orElseThrow().clientAuth() == ClientAuth.NONE) {
        throw root.section("http")
            .error(
                "client_auth",
                "none: the other members call this one at "
                    + member.http()
                    + " and prove by a certificate who they are; wanted want or need");
      }
      if (self && !https && http.plain() == Plain.ROUTERS && ensemble.members().size() > 1) {
        throw root.section("http")
            .error(
                "plain",
                "routers: the other members call this one at "
                    + member.http()
                    + ", where nothing would be left for them; make that https first");
      }
    }
  }

  static boolean isTls(URI url) {
    return "https".equals(url.getScheme());
  }
}
