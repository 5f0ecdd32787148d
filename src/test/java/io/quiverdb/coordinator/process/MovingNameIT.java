// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member's name stays and its IP address is another one after a restart, as of a pod: nobody
 * types anything, and no file of the others changes. The JDK reads names from a file here.
 */
@Tag("realtime")
class MovingNameIT {
  private static final List<String> IDS = List.of("c1", "c2", "c3");

  @TempDir Path folder;
  private final Rest rest = new Rest();
  private final Map<String, String> ips = new TreeMap<>();
  private final Map<String, List<Integer>> ports = new TreeMap<>();
  private final Map<String, MemberProcess> members = new TreeMap<>();

  @AfterEach
  void end() {
    members.values().forEach(MemberProcess::kill);
  }

  private URI http(String id) {
    return URI.create("http://" + ips.get(id) + ":" + ports.get(id).get(0));
  }

  /** All at once: a member may look at any moment. */
  private void writeNames() throws IOException {
    Path next = folder.resolve("hosts.next");
    Files.writeString(
        next,
        ips.entrySet().stream()
            .map(each -> each.getValue() + " " + each.getKey() + ".test\n")
            .collect(Collectors.joining("", "127.0.0.1 localhost\n", "")));
    Files.move(
        next,
        folder.resolve("hosts"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void start(String id) throws IOException {
    Path config = folder.resolve(id + ".yaml");
    Files.writeString(
        config,
        """
        node: { id: %s, data_dir: "%s" }
        ensemble:
          name: names
          members:
        %s
        http: { listen: "%s:%d" }
        raft: { listen: "%s:%d" }
        bootstrap: { shards: [ "http://127.0.0.1:1" ] }
        auth: { insecure: true }
        """
            .formatted(
                id,
                folder.resolve(id),
                IDS.stream().map(this::line).collect(Collectors.joining("\n")),
                ips.get(id),
                ports.get(id).get(0),
                ips.get(id),
                ports.get(id).get(1)));
    List<String> options = new ArrayList<>(BuiltJar.UNOPTIMIZED);
    options.add("-Djdk.net.hosts.file=" + folder.resolve("hosts"));
    // The JDK keeps what it has found for 30 s; that is not what is tested.
    options.add("-Dsun.net.inetaddr.ttl=1");
    MemberProcess member =
        new MemberProcess(
            id,
            http(id),
            BuiltJar.command(options, "serve", "--config", config.toString()),
            folder.resolve(id + ".out"));
    members.put(id, member);
    member.start();
  }

  private String line(String id) {
    return "    - { id: %s, raft: \"%s.test:%d\", http: \"http://%s.test:%d\" }"
        .formatted(id, id, ports.get(id).get(1), id, ports.get(id).get(0));
  }

  private JsonNode status(String id) {
    Rest.Answer answer = rest.get(http(id), "/cluster/status");
    return answer.ok() ? answer.json() : NullNode.instance;
  }

  private String leader() {
    return await("a leader")
        .atMost(Ensemble.PATIENCE)
        .until(
            () ->
                IDS.stream()
                    .filter(id -> members.get(id).alive())
                    .filter(id -> status(id).path("role").asText().equals("leader"))
                    .filter(id -> status(id).path("ready").asBoolean())
                    .findFirst()
                    .orElse(""),
            id -> !id.isEmpty());
  }

  private void awaitAllSound(String asked) {
    await("one to spare, as " + asked + " sees it")
        .atMost(Ensemble.PATIENCE)
        .until(() -> status(asked).path("failure_tolerance").asInt(-1) == 1);
  }

  @Test
  void theLeaderComesBackUnderItsNameAtAnotherAddress() throws Exception {
    int place = 1;
    for (String id : IDS) {
      ips.put(id, "127.0.1." + place++);
      ports.put(id, FreePorts.take(2));
    }
    writeNames();
    for (String id : IDS) {
      start(id);
    }
    String moving = leader();
    List<String> others = IDS.stream().filter(id -> !id.equals(moving)).toList();
    others.forEach(this::awaitAllSound);

    members.get(moving).close();
    ips.put(moving, "127.0.2.1");
    writeNames();
    start(moving);

    others.forEach(this::awaitAllSound);
    // It has followed over Raft, or it could not lead; and followers pass changes on to it over
    // HTTP.
    assertTrue(
        rest.post(http(leader()), "/cluster/leader/transfer", "{\"to\":\"" + moving + "\"}").ok());
    assertEquals(moving, leader());
    others.forEach(id -> assertTrue(allocate(id), () -> members.get(id).lastWords()));
    assertTrue(status(moving).path("member_change").isNull());
  }

  /** A connection to the old address may have to end first. */
  private boolean allocate(String id) {
    await("an id from " + id)
        .atMost(Ensemble.PATIENCE)
        .until(() -> rest.post(http(id), "/cluster/ids", "").ok());
    return true;
  }
}
