// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.RegisterRouter;
import io.quiverdb.coordinator.command.Command.RemoveRouter;
import io.quiverdb.coordinator.command.Command.RouterCommand;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.HttpUrl;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.RoutersResult;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The rules of the registry of routers. */
final class RouterRules {
  private RouterRules() {}

  static Applied decide(ClusterState state, RouterCommand command) {
    if (command instanceof RegisterRouter register) {
      return register(state, register);
    }
    if (command instanceof RemoveRouter remove) {
      return remove(state, remove);
    }
    throw Rules.missing(command);
  }

  private static Applied register(ClusterState state, RegisterRouter register) {
    Optional<HttpUrl> url = HttpUrl.parse(register.url());
    if (url.isEmpty()) {
      return Rules.rejected(
          state, Refusal.INVALID_URL, "url: wanted an http or https URL such as http://host:6330");
    }
    if (state.routers().stream().anyMatch(known -> url.get().names(known))) {
      return Rules.accepted(state, new RoutersResult());
    }
    if (state.routers().size() >= ClusterState.MAX_ROUTERS) {
      return Rules.rejected(
          state,
          Refusal.LIMIT_REACHED,
          ClusterState.MAX_ROUTERS + " routers are registered, which is the limit");
    }
    List<String> longer = new ArrayList<>(state.routers());
    longer.add(url.get().text());
    return Rules.accepted(state.withRouters(longer), new RoutersResult());
  }

  private static Applied remove(ClusterState state, RemoveRouter remove) {
    Optional<HttpUrl> url = HttpUrl.parse(remove.url());
    List<String> kept =
        state.routers().stream().filter(known -> url.isEmpty() || !url.get().names(known)).toList();
    if (kept.size() == state.routers().size()) {
      return Rules.rejected(
          state, Refusal.UNKNOWN_ROUTER, "no router is registered at " + remove.url());
    }
    Optional<Migration> active = state.migrations().active();
    if (active.isPresent() && !remove.force()) {
      return Rules.rejected(
          state,
          Refusal.MIGRATION_ACTIVE,
          EntryContext.named(active.get())
              + "; a router that it does not wait for can lose writes: force removes it"
              + " nevertheless");
    }
    Optional<DataCheck> swept = state.checks().sweeping();
    if (swept.isPresent() && !remove.force()) {
      return Rules.rejected(
          state,
          Refusal.SWEEP_ACTIVE,
          "the sweep of check "
              + Unsigned.text(swept.get().id())
              + " is under way; a router that it does not wait for can lose writes: force removes it"
              + " nevertheless");
    }
    return Rules.accepted(state.withRouters(kept), new RoutersResult());
  }

  static Optional<String> violation(List<String> routers) {
    if (routers.size() > ClusterState.MAX_ROUTERS) {
      return Optional.of("routers: more than " + ClusterState.MAX_ROUTERS + " entries");
    }
    TreeSet<String> seen = new TreeSet<>();
    for (int i = 0; i < routers.size(); i++) {
      Optional<HttpUrl> url = HttpUrl.parse(routers.get(i));
      if (url.isEmpty()) {
        return Optional.of("routers[" + i + "]: no http or https URL");
      }
      if (!seen.add(url.get().identity())) {
        return Optional.of("routers[" + i + "]: " + routers.get(i) + " stands twice");
      }
    }
    return Optional.empty();
  }
}
