// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.Snapshot;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Wire;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.History;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.state.Walk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The events of the log, and their ids. */
class LoggedEventsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/events.txt");
  private static final EventId BEGINNING = EventId.behind(0);

  private final StateLog log = StateLog.begun();

  private static List<String> ids(ClusterState state, EventId place) {
    return LoggedEvents.after(state, place).stream().map(event -> event.id().text()).toList();
  }

  private static String text(ClusterState state, EventId place) {
    return LoggedEvents.after(state, place).stream()
        .map(event -> new String(event.frame().bytes(), StandardCharsets.UTF_8))
        .collect(Collectors.joining());
  }

  private void grow(Phase... phases) {
    log.entry(new Command.StartMigration(Walk.grow("http://s2:1"), 0, log.term()));
    for (Phase to : phases) {
      log.entry(
          new Command.AdvanceMigration(
              log.migration().id(), log.migration().phase(), to, "", log.term()));
    }
  }

  /** Other programs read them: a change here is a change for all of them. */
  @Test
  void framesKeepTheirBytes() throws Exception {
    log.entry(
        new Command.RecordMembers(
            List.of(new EnsembleMember("c1", "127.0.0.1:1", "http://127.0.0.1:2")), log.term()));
    log.entry(new Command.AllocateId(), new Command.AddShard("no url", List.of()));
    grow(Phase.JOINING);
    String text = text(log.newest().state(), BEGINNING);
    if (Boolean.getBoolean("quiver.golden.write") && Files.notExists(GOLDEN)) {
      Files.writeString(GOLDEN, text);
    }
    assertEquals(Files.readString(GOLDEN), text);
  }

  @Test
  void aPasswordThatWasTypedIntoAUrlIsNotShown() {
    log.entry(new Command.AddShard("http://ops:hush@s:1/?token=hush", List.of()));
    String text = text(log.newest().state(), BEGINNING);
    assertFalse(text.contains("hush"), text);
    assertTrue(text.contains("\"command\":\"add_shard http://...@s:1/?...\""), text);
  }

  @Test
  void eventsOfOneEntryAreCountedByLeadingZeros() {
    log.entry(new Command.AllocateId(), new Command.AllocateId(), new Command.AllocateId());
    grow(Phase.JOINING);
    List<String> all = List.of("10", "11", "012", "0012", "12", "013", "13", "014", "14");
    assertEquals(all, ids(log.newest().state(), BEGINNING));
    for (int i = 0; i < all.size(); i++) {
      EventId place = EventId.parse(all.get(i)).orElseThrow();
      assertEquals(all.subList(i + 1, all.size()), ids(log.newest().state(), place));
    }
  }

  @Test
  void anIdIsReadAsItWasWritten() {
    for (String text : List.of("0", "00", "7", "07", "00070", "9223372036854775807")) {
      assertEquals(text, EventId.parse(text).orElseThrow().text());
    }
    assertEquals(new EventId(812, 2), EventId.parse("00812").orElseThrow());
    for (String text :
        List.of("", "-1", "+1", "8.1", " 1", "x", "9223372036854775808", "0".repeat(9_000))) {
      assertEquals(Optional.empty(), EventId.parse(text), text);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aMemberThatBeganWithASnapshotTellsTheSame(long seed) throws Exception {
    AppliedState newest = StateLog.random(seed, 400).newest();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SnapshotCodec.current()
        .write(bytes, new Snapshot(newest.state(), newest.index(), newest.term()));
    ClusterState read =
        SnapshotCodec.current().read(new ByteArrayInputStream(bytes.toByteArray())).state();
    assertEquals(text(newest.state(), BEGINNING), text(read, BEGINNING));
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void entryByEntryTheEventsAreThoseOfTheWholeLog(long seed) {
    StateLog random = StateLog.random(seed, 400);
    EventId place = BEGINNING;
    StringBuilder one = new StringBuilder();
    for (AppliedState state : random.states()) {
      assertTrue(LoggedEvents.completeBehind(state.state(), place) < place.next());
      for (LoggedEvents.Logged event : LoggedEvents.after(state.state(), place)) {
        one.append(new String(event.frame().bytes(), StandardCharsets.UTF_8));
        place = event.id();
      }
    }
    assertEquals(text(random.newest().state(), BEGINNING), one.toString());
  }

  @Test
  void whatIsOlderThanTheHistoryIsMissing() {
    for (int i = 0; i < History.CAPACITY - 2; i++) {
      log.entry(new Command.AllocateId());
    }
    assertEquals(10, LoggedEvents.completeBehind(log.newest().state(), BEGINNING));
    log.entry(new Command.AllocateId());
    assertEquals(11, LoggedEvents.completeBehind(log.newest().state(), BEGINNING));
    assertEquals("12", ids(log.newest().state(), EventId.behind(11)).get(0));
  }

  @Test
  void phasesThatAMigrationForgotAreMissing() {
    grow(Phase.JOINING, Phase.ADOPTING, Phase.COPYING, Phase.VERIFYING);
    for (int i = 0; i < 60; i++) {
      for (Phase to : new Phase[] {Phase.WARMING, Phase.VERIFYING}) {
        log.entry(
            new Command.AdvanceMigration(
                log.migration().id(), log.migration().phase(), to, "", log.term()));
      }
    }
    long kept = log.migration().steps().get(1).index();
    assertTrue(kept > 13, "some were forgotten");
    assertEquals(kept - 1, LoggedEvents.completeBehind(log.newest().state(), BEGINNING));
  }

  @Test
  void everyCommandAboutMembersIsKnown() {
    Set<String> about =
        new TreeSet<>(Set.of("record_members", "finish_member_step", "admit_member"));
    Arrays.stream(Command.MemberCommand.class.getPermittedSubclasses())
        .map(type -> type.getAnnotation(Wire.class).value())
        .forEach(about::add);
    assertEquals(about, new TreeSet<>(LoggedEvents.ABOUT_MEMBERS));
  }
}
