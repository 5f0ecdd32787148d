// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ConditionTimeoutException;

/** Three members as processes of the built jar, with the options that are shipped. */
public final class Ensemble implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  final Rest rest = new Rest();
  private final LocalEnsemble local;

  private Ensemble(LocalEnsemble local) {
    this.local = local;
  }

  static Ensemble prepared(Path folder, String extra) throws IOException {
    return prepared(folder, 3, extra);
  }

  static Ensemble prepared(Path folder, int nodes, String extra) throws IOException {
    return prepared(folder, nodes, extra, BuiltJar.UNOPTIMIZED);
  }

  /** With the options that members are shipped with, to be measured. */
  public static Ensemble shipped(Path folder, int nodes) throws IOException {
    return prepared(folder, nodes, "", List.of());
  }

  private static Ensemble prepared(Path folder, int nodes, String extra, List<String> options)
      throws IOException {
    List<String> program = BuiltJar.arguments(options);
    return of(
        LocalEnsemble.prepare(
            new LocalEnsemble.Plan(
                nodes,
                folder,
                0,
                List.of("http://127.0.0.1:1", "http://127.0.0.1:2"),
                List.of(),
                extra.contains("auth:") ? extra : extra + "auth: { insecure: true }\n",
                program)));
  }

  /** Of members that are not started yet. */
  public static Ensemble of(LocalEnsemble local) {
    return new Ensemble(local);
  }

  static Ensemble started(Path folder) throws IOException {
    return started(prepared(folder, ""));
  }

  /** Starts it, or ends what of it has started. */
  public static Ensemble started(Ensemble ensemble) {
    try {
      ensemble.start();
      return ensemble;
    } catch (RuntimeException | AssertionError e) {
      ensemble.close();
      throw e;
    }
  }

  public void start() {
    local.start();
    members().forEach(this::awaitReady);
  }

  public List<MemberProcess> members() {
    return local.members();
  }

  MemberProcess member(String id) {
    return local.member(id);
  }

  public Path data(String id) {
    return local.data(id);
  }

  String output(String id) throws IOException {
    return Files.readString(local.member(id).output());
  }

  /** The ends of what the members said, for a test that failed. */
  private String lastWords() {
    StringBuilder words = new StringBuilder();
    members().forEach(member -> words.append(member.lastWords()));
    return words.toString();
  }

  static String lastLines(String said) {
    return said.substring(Math.max(0, said.length() - 3_000));
  }

  public void awaitReady(MemberProcess member) {
    try {
      await("readiness of " + member.id())
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> rest.get(member.http(), "/readyz").status() == 200);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "\n" + lastWords(), e);
    }
  }

  /** The member that says of itself that it leads, once one does. */
  public MemberProcess awaitLeader() {
    return await("a leader")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(this::leader, Optional::isPresent)
        .orElseThrow();
  }

  private Optional<MemberProcess> leader() {
    return members().stream()
        .filter(MemberProcess::alive)
        .filter(
            member -> {
              Rest.Answer status = rest.get(member.http(), "/cluster/status");
              return status.ok()
                  && status.json().path("role").asText().equals("leader")
                  && status.json().path("ready").asBoolean();
            })
        .findFirst();
  }

  /** The members other than this one. */
  public List<MemberProcess> others(MemberProcess member) {
    return members().stream().filter(m -> !m.id().equals(member.id())).toList();
  }

  /** Whether this node acknowledges an id. */
  public boolean allocate(URI node) {
    return rest.post(node, "/cluster/ids", "").ok();
  }

  /** Whether this node acknowledges a shard. */
  public boolean add(URI node, String url) {
    return rest.post(node, "/cluster/shards", "{\"primary_url\":\"" + url + "\"}").ok();
  }

  /** The status of the answer; 0 if there is none. */
  public int post(URI node, String path, String body) {
    return rest.post(node, path, body).status();
  }

  JsonNode map(MemberProcess member) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> rest.get(member.http(), "/cluster/map?consistency=linearizable"), Rest.Answer::ok)
        .json();
  }

  long appliedIndex(URI node) {
    return rest.get(node, "/cluster/status").json().path("applied_index").asLong(-1);
  }

  /** By force: how a member ends gracefully is a test of its own. */
  @Override
  public void close() {
    members().forEach(MemberProcess::kill);
  }
}
