// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
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
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The dependencies of the routes of one member.
 *
 * @param id the member's id
 * @param version of the program, for the status
 * @param members the ensemble, this member among them
 * @param memberSyntax reads members that callers describe
 * @param log accepts commands
 * @param view the applied state
 * @param reads proves the age of the state
 * @param leadership who leads
 * @param membership the voting members and their troubles
 * @param report this member's report
 * @param peers asks the others
 * @param forwarding forwards requests to the leader
 * @param shards asks shards for their health
 * @param routers asks a router for its map
 * @param routerWatch polls the registered routers
 * @param migrations the options of the routes about migrations
 * @param keys the API keys
 * @param mapStaleness the map is served only while its proven age is below this
 * @param clock for times that people read
 * @param time stamps commands
 * @param recorder counts events for the metrics
 * @param safeguards the protection of this member
 * @param host the machine that this member runs on
 * @param configuration what is in effect, as a caller with this role may see it
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
    Host host,
    Function<Role, ObjectNode> configuration) {
  /** The URL of a member's REST surface. */
  public Optional<URI> http(String memberId) {
    return members.find(memberId).map(Member::http);
  }

  /** Whether the proven age of the state is below {@link #mapStaleness}. */
  public boolean fresh() {
    return reads.staleness().map(age -> age.compareTo(mapStaleness) < 0).orElse(false);
  }
}
