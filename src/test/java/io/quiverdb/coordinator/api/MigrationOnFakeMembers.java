// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.WaitingOn;
import java.time.Instant;
import java.util.List;

/** A migration in a state that a test wants, on members without an engine. */
abstract class MigrationOnFakeMembers extends OnFakeMembers {
  static final WaitingOn ROUTER =
      new WaitingOn(
          "router", "http://r2:6330 still serves map version 5", 1_764_000_000_000L, 12, 0);

  static final WaitingOn SHARD_AWAY =
      new WaitingOn(
          "shard",
          "it is away",
          List.of("http://127.0.0.1:2"),
          FakeMember.NOW.toEpochMilli(),
          1,
          0);

  final void grow(Phase... phases) {
    members.log.log(
        new Command.StartMigration(
            new MigrationPlan(MigrationKind.GROW, 0, "http://n4:6333", List.of(), false, List.of()),
            0,
            members.log.term()));
    members.log.advance(phases);
  }

  final void copying() {
    grow(Phase.JOINING, Phase.ADOPTING, Phase.COPYING);
  }

  final void flipped() {
    copying();
    members.log.advance(Phase.VERIFYING, Phase.WARMING, Phase.PROMOTED);
  }

  final void hold() {
    hold(ROUTER);
  }

  final void hold(Instant since) {
    holdFor("http://127.0.0.1:2", since);
  }

  final void holdFor(String url, Instant since) {
    hold(new WaitingOn("shard", url + " is away", List.of(url), since.toEpochMilli(), 1, 0));
  }

  final void hold(WaitingOn waitingOn) {
    Migration migration = members.log.active();
    members.log.log(
        new Command.HoldMigration(
            migration.id(), migration.phase(), waitingOn, members.log.term()));
  }

  final Answer order(String what) {
    long id = members.log.state().migrations().nextId() - 1;
    return members.leader("POST /cluster/migrations/" + id + "/" + what).send();
  }

  /** These are refused, naming the migration, and change nothing. */
  final void refuses(String... orders) {
    Migration before = newest();
    for (String order : orders) {
      Answer answer = order(order);
      assertEquals(409, answer.status(), order + ": " + answer.text());
      assertEquals(before.id(), answer.json().path("migration").asLong(), answer.text());
    }
    assertEquals(before, newest());
  }

  final void takes(String order, String state) {
    Answer answer = order(order);
    assertEquals(200, answer.status(), answer.text());
    assertEquals(state, answer.json().path("state").asText());
  }

  final Migration newest() {
    Migrations all = members.log.state().migrations();
    return all.find(all.nextId() - 1).orElseThrow();
  }
}
