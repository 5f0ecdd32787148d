// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.relay.Relay;
import io.quiverdb.coordinator.tls.ClientTls;
import io.quiverdb.coordinator.tls.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Gives the members of an ensemble a port for TLS, and routers a relay in front of those ports. */
final class RelayedMembers {
  private final Path authority;
  private final List<URI> members = new ArrayList<>();

  /** Changes the configurations of members that do not run yet. */
  RelayedMembers(LocalEnsemble ensemble, Path folder) throws Exception {
    Path tls = folder.resolve("tls");
    var unused = new TestAuthority("ca").issue(tls, "127.0.0.1");
    this.authority = tls.resolve("ca.pem");
    for (MemberProcess member : ensemble.members()) {
      int port = FreePorts.take(1).get(0);
      members.add(URI.create("https://127.0.0.1:" + port));
      Path config = folder.resolve(member.id() + ".yaml");
      String plain = "http: { listen: \"127.0.0.1:" + member.http().getPort() + '"';
      String text = Files.readString(config);
      if (!text.contains(plain)) {
        throw new IllegalStateException("no " + plain + " in " + text);
      }
      Files.writeString(
          config,
          text.replace(plain, plain + ", tls_listen: \"127.0.0.1:" + port + '"')
              + "tls: { cert_file: tls/cert.pem, key_file: tls/key.pem, ca_file: tls/ca.pem }\n");
    }
  }

  /** Begins to relay to all members, this one first. */
  Relay relay(int first) throws IOException {
    List<URI> inTurn = new ArrayList<>(members);
    Collections.rotate(inTurn, -first);
    return new Relay(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        inTurn,
        Optional.of(ClientTls.context(Optional.of(authority), Optional.empty(), Optional.empty())));
  }
}
