// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.Members;
import io.quiverdb.coordinator.consensus.RaftAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.thirdparty.io.grpc.EquivalentAddressGroup;
import org.apache.ratis.thirdparty.io.grpc.NameResolver;
import org.apache.ratis.thirdparty.io.grpc.NameResolverProvider;
import org.apache.ratis.thirdparty.io.grpc.NameResolverRegistry;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusOr;
import org.jspecify.annotations.Nullable;

/**
 * Resolves Raft peers to their current addresses. Ratis keeps the first address of a peer for the
 * life of the process. So it gets a name, {@code quiver-member:///GROUP/MEMBER}, which gRPC
 * resolves here for every connection: by the list of members, then by DNS. So a member can change
 * its address and keep its peer id. Thread-safe.
 */
final class PeerAddresses {
  private static final String SCHEME = "quiver-member";
  private static final int DNS_PRIORITY = 5;

  /** The lists of the members in this process by group, the newest last. */
  private static final Map<String, List<Members>> LISTS = new ConcurrentHashMap<>();

  static {
    NameResolverRegistry.getDefaultRegistry().register(new Provider());
  }

  private PeerAddresses() {}

  /** Resolves the names of this group by this list from now on. */
  static void register(RaftGroupId group, Members members) {
    LISTS.computeIfAbsent(key(group), any -> new CopyOnWriteArrayList<>()).add(members);
  }

  /** Removes a list. */
  static void unregister(RaftGroupId group, Members members) {
    LISTS.computeIfPresent(
        key(group),
        (any, lists) -> {
          lists.remove(members);
          return lists;
        });
  }

  /** Peers with these ids, whose addresses are names. */
  static List<RaftPeer> named(RaftGroupId group, Collection<String> peerIds) {
    return peerIds.stream()
        .map(id -> RaftSetup.peer(id, SCHEME + ":///" + key(group) + "/" + PeerIds.member(id)))
        .toList();
  }

  /** Whether a peer's address is a name. */
  static boolean isName(String address) {
    return address.startsWith(SCHEME + ":");
  }

  private static String key(RaftGroupId group) {
    return group.getUuid().toString();
  }

  /** The Raft address behind a name, {@code host:port}. */
  static Optional<String> find(String path) {
    int slash = path.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    List<Members> lists = LISTS.getOrDefault(path.substring(0, slash), List.of());
    return lists.stream()
        .flatMap(list -> list.find(path.substring(slash + 1)).stream())
        .map(Member::raft)
        .reduce((older, newer) -> newer);
  }

  private static final class Provider extends NameResolverProvider {
    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
      if (!SCHEME.equals(target.getScheme())) {
        return null;
      }
      Executor executor = args.getOffloadExecutor();
      return new Resolver(
          target.getPath().substring(1), executor == null ? Runnable::run : executor);
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    /** Lower than DNS, or this resolver would get addresses without a scheme. */
    @Override
    protected int priority() {
      return DNS_PRIORITY - 1;
    }
  }

  private static final class Resolver extends NameResolver {
    private final String path;
    private final Executor executor;
    private volatile @Nullable Listener2 listener;

    Resolver(String path, Executor executor) {
      this.path = path;
      this.executor = executor;
    }

    /** The host that a certificate must name. */
    @Override
    public String getServiceAuthority() {
      return find(path).orElse("unknown:1");
    }

    @Override
    public void start(Listener2 wanted) {
      listener = wanted;
      refresh();
    }

    @Override
    public void refresh() {
      Listener2 told = listener;
      if (told != null) {
        executor.execute(() -> tell(told));
      }
    }

    private void tell(Listener2 told) {
      Optional<String> address = find(path);
      if (address.isEmpty()) {
        told.onError(Status.UNAVAILABLE.withDescription("the list of members has no " + path));
        return;
      }
      RaftAddress raft = RaftAddress.of(address.get());
      try {
        List<EquivalentAddressGroup> found =
            Arrays.stream(InetAddress.getAllByName(raft.host()))
                .map(ip -> new EquivalentAddressGroup(new InetSocketAddress(ip, raft.port())))
                .toList();
        told.onResult(
            ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(found)).build());
      } catch (UnknownHostException e) {
        told.onError(
            Status.UNAVAILABLE
                .withDescription("the name " + raft.host() + " is not known")
                .withCause(e));
      }
    }

    @Override
    public void shutdown() {
      // There is nothing to release.
    }
  }
}
