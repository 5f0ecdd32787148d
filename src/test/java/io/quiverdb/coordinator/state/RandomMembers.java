// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MemberList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Commands about the members, from a seeded stream. */
final class RandomMembers {
  private final Random random;
  private final Supplier<String> text;
  private final LongSupplier number;

  RandomMembers(Random random, Supplier<String> text, LongSupplier number) {
    this.random = random;
    this.text = text;
    this.number = number;
  }

  Command sensible(ClusterState state, long term) {
    MemberList list = state.members();
    if (!list.isRecorded()) {
      return new Command.RecordMembers(
          List.of(
              new EnsembleMember("c0", "c0:1", "http://c0:2"),
              new EnsembleMember("c1", "c1:1", "http://c1:2")),
          term);
    }
    Optional<MemberChange> change = list.change();
    if (change.isPresent() && random.nextInt(3) > 0) {
      return new Command.FinishMemberStep(change.get().index(), change.get().step(), term);
    }
    String id = id();
    return switch (random.nextInt(5)) {
      case 0 -> new Command.AddMember(id, id + ":1", "http://" + id + ":2");
      case 1 -> new Command.RemoveMember(id, random.nextBoolean());
      case 2 -> new Command.ReplaceMember(id(), id, id + ":1", "http://" + id + ":2");
      case 3 -> new Command.AdmitMember(id, "x" + random.nextInt(20), term);
      default ->
          new Command.SetMemberAddress(id, id + ":" + (1 + random.nextInt(3)), "http://" + id);
    };
  }

  Command hostile() {
    return switch (random.nextInt(5)) {
      case 0 -> new Command.AddMember(text.get(), text.get(), text.get());
      case 1 -> new Command.RemoveMember(text.get(), true);
      case 2 -> new Command.ReplaceMember(id(), text.get(), "c1:1", text.get());
      case 3 -> new Command.SetMemberAddress(id(), text.get(), text.get());
      default ->
          new Command.FinishMemberStep(
              number.getAsLong(),
              MemberChange.Step.values()[random.nextInt(3)],
              number.getAsLong());
    };
  }

  private String id() {
    return "c" + random.nextInt(12);
  }
}
