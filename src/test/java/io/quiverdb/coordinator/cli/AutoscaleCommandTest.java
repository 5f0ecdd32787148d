// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.cli.Typed.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code autoscale} prints, and what it puts. */
class AutoscaleCommandTest {
  private static final String NONE = "{\"version\":0,\"policy\":null,\"advice\":null}";

  private static final String SHOWN =
      """
      {"version":3,"policy":{"mode":"automatic","high_water_points":1000,
        "standby":[{"primary_url":"http://n4:6333","replica_urls":[],"failure":null},
         {"primary_url":"http://n5:6333","replica_urls":["http://r:1"],"failure":"reverted"}],
        "cooldown_seconds":300,"max_shards":8,"interval_seconds":30},
       "advice":{"verdict":"wait",
        "summary":"shard 2 has more than 1000 points, but it is no moment to add one",
        "shards":[{"id":1,"points":null,"over":false},{"id":2,"points":1200,"over":true}],
        "obstacles":[{"kind":"cooldown","detail":"the cooldown goes on for 12 s"}],
        "last_attempt":{"at":"2026-11-29T10:00:00Z","primary_url":"http://n4:6333",
         "error":"target_empty: it is not"}}}""";

  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  @TempDir Path folder;

  @Test
  void showsAdviceAndPolicy() {
    member.on("GET /cluster/autoscale", 200, SHOWN);
    Typed typed = shell.type("autoscale");
    assertEquals(0, typed.code(), typed.err());
    assertEquals(
        List.of(
            "wait: shard 2 has more than 1000 points, but it is no moment to add one",
            "  not now, cooldown: the cooldown goes on for 12 s",
            "  http://n4:6333 was not added at 2026-11-29T10:00:00Z: target_empty: it is not",
            "SHARD  POINTS  OVER",
            "    1       -  no",
            "    2    1200  yes",
            "policy 3: automatic, above 1000 points, cooldown 300 s, at most 8 shards, a look every"
                + " 30 s",
            "STANDBY         REPLICAS    FAILURE",
            "http://n4:6333  -           -",
            "http://n5:6333  http://r:1  reverted"),
        typed.lines());
  }

  @Test
  void saysThatThereIsNoPolicy() {
    member.on("GET /cluster/autoscale", 200, NONE);
    assertEquals(List.of("there is no growth policy"), shell.type("autoscale", "show").lines());
  }

  @Test
  void changesOnlyWhatIsNamedOfThePolicyThatItRead() throws Exception {
    member.on("GET /cluster/autoscale", 200, SHOWN).on("PUT /cluster/autoscale", 200, SHOWN);
    Typed typed = shell.type("autoscale", "set", "--mode", "advice", "--cooldown", "60");
    assertEquals(0, typed.code(), typed.err());
    StubMember.Asked put = member.asked().get(1);
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"mode":"advice","high_water_points":1000,
                 "standby":[{"primary_url":"http://n4:6333","replica_urls":[],"failure":null},
                  {"primary_url":"http://n5:6333","replica_urls":["http://r:1"],
                   "failure":"reverted"}],
                 "cooldown_seconds":60,"max_shards":8,"interval_seconds":30}"""),
        new ObjectMapper().readTree(put.body()));
    assertEquals("\"3\"", put.header("If-match"));
  }

  @Test
  void putsAFirstPolicy() throws Exception {
    member.on("GET /cluster/autoscale", 200, NONE).on("PUT /cluster/autoscale", 200, SHOWN);
    assertEquals(2, shell.type("autoscale", "set", "--mode", "advice").code());
    Typed typed =
        shell.type(
            "autoscale",
            "set",
            "--high-water",
            "5",
            "--standby",
            "http://a:1",
            "--standby",
            "http://b:1");
    assertEquals(0, typed.code(), typed.err());
    List<StubMember.Asked> asked = member.asked();
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"mode":"advice","high_water_points":5,"standby":[
                 {"primary_url":"http://a:1","replica_urls":[]},
                 {"primary_url":"http://b:1","replica_urls":[]}]}"""),
        new ObjectMapper().readTree(asked.get(asked.size() - 1).body()));
  }

  @Test
  void putsAFile() throws Exception {
    member.on("PUT /cluster/autoscale", 200, SHOWN);
    Path file = folder.resolve("policy.json");
    Files.writeString(file, "{\"mode\":\"off\"}");
    assertEquals(0, shell.type("autoscale", "set", file.toString()).code());
    assertEquals("{\"mode\":\"off\"}", member.asked().get(0).body());
    assertEquals(2, shell.type("autoscale", "set").code());
    assertEquals(2, shell.type("autoscale", "set", file.toString(), "--mode", "off").code());
    assertTrue(
        shell
            .type("autoscale", "set", "--standby", "http://a:1", "--no-standby")
            .err()
            .contains("--no-standby"));
  }
}
