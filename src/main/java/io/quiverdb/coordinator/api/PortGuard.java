// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.ErrorMapper;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Problems;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.MemberProof;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.RaftAddress;
import io.quiverdb.coordinator.member.Forwarding;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Restricts routes for members to members, and a plain port for routers to routers and probes. */
final class PortGuard extends Handler.Wrapper {
  private static final String INTERNAL = "/internal";
  private static final Set<String> READING = Set.of("GET", "HEAD");

  /** The exact paths of routers and probes; other spellings are refused. */
  private static final Set<String> FOR_ROUTERS =
      Set.of(MapHandler.PATH, "/healthz", "/livez", "/readyz");

  private final ApiContext node;

  PortGuard(ApiContext node, Handler next) {
    super(next);
    this.node = node;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<String> refusal = refusal(request);
    if (refusal.isEmpty()) {
      return super.handle(request, response, callback);
    }
    int status =
        Problems.write(
            response, callback, ErrorMapper.fault(Fault.FORBIDDEN, refusal.get(), Map.of()));
    node.recorder().answered("OTHER", "unknown", status);
    return true;
  }

  private Optional<String> refusal(Request request) {
    Optional<URI> elsewhere = node.safeguards().forRouters();
    if (elsewhere.isPresent() && MemberProof.session(request).isEmpty() && !isForRouters(request)) {
      return Optional.of(
          "this port serves GET /cluster/map and the probes only; everything else is at "
              + elsewhere.get());
    }
    String claimed = request.getHeaders().get(Forwarding.HEADER);
    if (claimed != null && !node.safeguards().members().holds(request, hosts(claimed))) {
      return Optional.of(
          Forwarding.HEADER + " is for members, and the caller has not proven to be " + claimed);
    }
    if (isInternal(request) && !node.safeguards().members().holds(request, hosts())) {
      return Optional.of(
          "this is for members, and the caller has not proven to be one: by a certificate of the"
              + " ensemble's CA that names a member, or by ensemble.secret");
    }
    return Optional.empty();
  }

  private static boolean isForRouters(Request request) {
    return READING.contains(request.getMethod())
        && FOR_ROUTERS.contains(request.getHttpURI().getPath());
  }

  /** Whether a path is a route for members, in any spelling. */
  private static boolean isInternal(Request request) {
    String raw = String.valueOf(request.getHttpURI().getPath());
    return raw.startsWith(INTERNAL) || Request.getPathInContext(request).startsWith(INTERNAL);
  }

  private List<String> hosts() {
    return node.members().all().stream().map(PortGuard::host).toList();
  }

  private List<String> hosts(String id) {
    return node.members().all().stream()
        .filter(member -> member.id().equals(id))
        .map(PortGuard::host)
        .toList();
  }

  /** The hosts of the Raft addresses, which certificates name. */
  private static String host(Member member) {
    return RaftAddress.of(member.raft()).host();
  }
}
