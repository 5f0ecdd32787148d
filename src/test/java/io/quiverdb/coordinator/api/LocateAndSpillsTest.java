// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.api.migration.SpillFolder;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocateAndSpillsTest extends OnFakeMembers {
  @Test
  void aPointIsLocatedByTheHash() {
    members.log.log(new Command.AddJoiningShard("http://n4:1", List.of()));
    ShardMap map = members.log.state().map();
    List<Long> donors = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String id = "p" + i;
      JsonNode found = members.follower("GET /cluster/locate?point=" + id).wants(200).json();
      assertEquals(RendezvousHash.owner(map, id).getAsLong(), found.path("owner").asLong());
      assertEquals(1, found.path("map_version").asLong());
      assertEquals(RendezvousHash.donor(map, id).isEmpty(), found.path("donor").isNull());
      RendezvousHash.donor(map, id).ifPresent(donors::add);
      RendezvousHash.donor(map, id)
          .ifPresent(donor -> assertEquals(donor, found.path("donor").asLong()));
    }
    assertEquals(false, donors.isEmpty());
  }

  @Test
  void anIdIsTakenAsItWasMeant() {
    ShardMap map = members.log.state().map();
    for (String[] id :
        new String[][] {
          {"", ""},
          {"a%2Fb%20%C3%BC", "a/b ü"},
          {"a%2Bb", "a+b"},
          {"a+b", "a b"},
          {"%F0%9F%98%80", "\uD83D\uDE00"}
        }) {
      assertEquals(
          RendezvousHash.owner(map, id[1]).getAsLong(),
          members
              .leader("GET /cluster/locate?point=" + id[0])
              .wants(200)
              .json()
              .path("owner")
              .asLong());
    }
    members.leader("GET /cluster/locate").wants(400);
  }

  private void spill(String node, String name, String lines) throws Exception {
    Files.createDirectories(folder.resolve(node));
    Files.writeString(folder.resolve(node).resolve(name), lines);
  }

  @Test
  void theSpillFilesOfAllMembers() throws Exception {
    assertEquals(
        "{\"spills\":[],\"unreachable\":[]}",
        members.leader("GET /cluster/spills").wants(200).text());
    spill("c1", "migration-3.jsonl", "{\"a\":1}\n");
    spill("c2", "migration-3.jsonl", "{\"b\":2}\n{\"half");
    spill("c2", "migration-4.jsonl", "{}\n");
    spill("c2", ".hidden.jsonl", "{}\n");
    spill("c2", "other.txt", "secret\n");
    JsonNode spills = members.leader("GET /cluster/spills").wants(200).json().path("spills");
    List<String> names = new ArrayList<>();
    spills.forEach(
        spill ->
            names.add(
                spill.path("node").asText()
                    + " "
                    + spill.path("name").asText()
                    + " "
                    + spill.path("bytes").asLong()));
    assertEquals(
        List.of("c1 migration-3.jsonl 8", "c2 migration-3.jsonl 8", "c2 migration-4.jsonl 3"),
        names);
    assertEquals(
        "{\"a\":1}\n{\"b\":2}\n",
        members.follower("GET /cluster/spills/migration-3.jsonl").wants(200).text());
    assertEquals(
        "{\"b\":2}\n",
        members.leader("GET /cluster/spills/migration-3.jsonl?node=c2").wants(200).text());
    members.leader("GET /cluster/spills/migration-4.jsonl?node=c1").wants(404);
    members.leader("GET /cluster/spills/migration-4.jsonl?node=c9").wants(404);
    members.leader("GET /cluster/spills/migration-5.jsonl").wants(404);
  }

  @Test
  void aFileThatIsLargerThanOnePieceComesWhole() throws Exception {
    String line = "{\"id\":\"" + "x".repeat(99_990) + "\"}\n";
    String large = line.repeat(2 * SpillFolder.CHUNK / line.length() + 3);
    spill("c1", "migration-7-c1.jsonl", large + "{\"half");
    spill("c2", "migration-7-c1.jsonl", "{}\n");
    for (FakeMembers.Call call :
        List.of(
            members.leader("GET /cluster/spills/migration-7-c1.jsonl"),
            members.follower("GET /cluster/spills/migration-7-c1.jsonl"))) {
      assertEquals(large + "{}\n", call.wants(200).text());
    }
  }

  @Test
  void noNameLeadsOutOfTheFolder() throws Exception {
    spill("c1", "other.txt", "secret\n");
    Files.writeString(folder.resolve("outside.jsonl"), "secret\n");
    for (String name : List.of("other.txt", "..%2Foutside.jsonl", "%2e%2e", ".hidden.jsonl")) {
      int status = members.leader("GET /cluster/spills/" + name).send().status();
      assertEquals(true, status == 404 || status == 400, name + ": " + status);
    }
  }

  @Test
  void halfOfTheFilesNeverPassesForAll() throws Exception {
    spill("c1", "migration-3.jsonl", "{\"a\":1}\n");
    members.stopFollower();
    JsonNode list = members.leader("GET /cluster/spills").wants(200).json();
    assertEquals("[\"c2\"]", list.path("unreachable").toString());
    assertEquals(1, list.path("spills").size());
    members.leader("GET /cluster/spills/migration-3.jsonl").wants(503);
    members.leader("GET /cluster/spills/migration-3.jsonl?node=c1").wants(200);
  }
}
