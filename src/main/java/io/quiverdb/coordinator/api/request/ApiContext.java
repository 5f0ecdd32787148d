// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Members;
import io.quiverdb.coordinator.consensus.Membership;
import io.quiverdb.coordinator.consensus.Peers;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.member.Forwarding;
import io.quiverdb.coordinator.router.RouterClient;
import io.quiverdb.coordinator.router.RouterWatch;
import io.quiverdb.coordinator.shard.ShardProbe;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the routes of one member use.
 *
 * @param id the member's id
 * @param version of the program, for the status
 * @param members the ensemble, this member among them
 * @param memberSyntax reads what callers say of a member
 * @param log takes commands
 * @param view the applied state
 * @param reads proves how old it is
 * @param leadership who leads
 * @param membership who votes, and who takes no part
 * @param report what this member says of itself
 * @param peers asks the others
 * @param forwarding passes requests on to the leader
 * @param shards asks shards how they are
 * @param routers asks a router for its map
 * @param routerWatch keeps asking the registered ones
 * @param migrations checks before migrations, and what is left of them
 * @param keys who may call
 * @param mapStaleness the map is served only while it is proven to be younger than this
 * @param clock for what people read
 * @param time stamps commands
 * @param recorder is told what happens
 * @param safeguards what stands between this member and its callers
 * @param host the machine that this member runs on
 */
public record ApiContext(
    String id,
    String version,
    Members members,
    MemberSyntax memberSyntax,
    CommandLog log,
    StateView view,
    Reads reads,
    Leadership leadership,
    Membership membership,
    Supplier<MemberReport> report,
    Peers peers,
    Forwarding forwarding,
    ShardProbe shards,
    RouterClient routers,
    RouterWatch routerWatch,
    MigrationOptions migrations,
    Keys keys,
    Duration mapStaleness,
    Clock clock,
    EnsembleClock time,
    Recorder recorder,
    Safeguards safeguards,
    Host host) {
  /** Where a member's REST surface is. */
  public Optional<URI> http(String memberId) {
    return members.find(memberId).map(Member::http);
  }

  /** Whether the state is proven to be younger than {@link #mapStaleness}. */
  public boolean fresh() {
    return reads.staleness().map(age -> age.compareTo(mapStaleness) < 0).orElse(false);
  }
}
