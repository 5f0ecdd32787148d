// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code shards remove} of a shard that may hold points. */
class ShardRemovalTest {
  private static final String STATUS = "GET /cluster/status";
  private static final String REMOVE = "DELETE /cluster/shards/";

  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  @BeforeEach
  void answers() {
    member.on(
        STATUS,
        200,
        """
        {"shards":[{"id":0,"healthy":true,"points":90000},{"id":3,"healthy":true,"points":0},\
        {"id":4,"healthy":false,"points":null},{"id":18446744073709551614,"points":1}]}""");
    for (String id : List.of("0", "3", "4", "18446744073709551614")) {
      member.on(REMOVE + id, 200, "{\"version\":6,\"shards\":[]}");
    }
    member.problem(REMOVE + "9", 404, "Not found", "there is no shard 9");
  }

  @Test
  void anEmptyShardIsTakenOut() {
    assertEquals(0, shell.type("shards", "remove", "3", "--yes").code());
    assertEquals(List.of(STATUS, REMOVE + "3"), asked());
  }

  @Test
  void oneThatHoldsPointsIsNot() {
    Typed typed = shell.type("shards", "remove", "0", "--yes");
    assertEquals(1, typed.code());
    assertTrue(typed.err().startsWith("error: Shard 0 holds 90,000 points"), typed.err());
    assertTrue(typed.err().contains("--force"), typed.err());
    assertTrue(typed.err().contains("shards drain 0"), typed.err());
    assertEquals(1, shell.type("shards", "remove", "18446744073709551614", "--yes").code());
    assertEquals(List.of(STATUS, STATUS), asked());
  }

  @Test
  void oneThatDoesNotTellIsNot() {
    Typed typed = shell.type("shards", "remove", "4", "--yes");
    assertEquals(1, typed.code());
    assertTrue(typed.err().startsWith("error: It is not known how many points"), typed.err());
    assertTrue(typed.err().contains("--force"), typed.err());
    assertEquals(List.of(STATUS), asked());
  }

  @Test
  void forceTakesAnyOutAndIsStillAskedFor() {
    assertEquals(1, shell.type("shards", "remove", "0", "--force").code());
    assertEquals(List.of(), asked());
    assertEquals(0, shell.type("shards", "remove", "0", "--force", "--yes").code());
    assertEquals(0, shell.type("shards", "remove", "4", "--force", "--yes").code());
    assertEquals(List.of(REMOVE + "0", REMOVE + "4"), asked());
  }

  /** A repetition of one that took effect gets its answer, too. */
  @Test
  void whatIsInNoMapIsLeftToTheMember() {
    Typed typed = shell.type("shards", "remove", "9", "--yes");
    assertTrue(typed.err().contains("there is no shard 9"), typed.err());
    assertEquals(List.of(STATUS, REMOVE + "9"), asked());
  }

  private List<String> asked() {
    return member.asked().stream().map(StubMember.Asked::line).toList();
  }
}
