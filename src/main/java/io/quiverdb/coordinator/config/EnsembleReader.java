// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.model.EnsembleMember;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads this member, its addresses, and the list of members. */
final class EnsembleReader {
  private static final Set<Integer> RECOMMENDED_SIZES = Set.of(1, 3, 5);

  private final Section root;
  private final Path folder;
  private final boolean standalone;
  private final List<String> warnings;
  private Optional<MemberConfig> joining = Optional.empty();

  EnsembleReader(Section root, Path folder, boolean standalone, List<String> warnings) {
    this.root = root;
    this.folder = folder;
    this.standalone = standalone;
    this.warnings = warnings;
  }

  NodeConfig node() throws ConfigException {
    Section section = root.section("node");
    String id = standalone && !section.has("id") ? "c1" : name(section, "id");
    String dataDir = standalone ? section.textOr("data_dir", "data") : section.text("data_dir");
    if (root.section("ensemble").has("join")) {
      joining = Optional.of(addresses(section, id));
    }
    section.nothingElse();
    try {
      if (!dataDir.isBlank()) {
        return new NodeConfig(id, Path.of(dataDir));
      }
    } catch (InvalidPathException e) {
      throw section.error("data_dir", "is no path: " + e.getReason());
    }
    throw section.error("data_dir", "is blank; wanted a directory");
  }

  EnsembleConfig ensemble(NodeConfig node, HttpConfig http, RaftConfig raft)
      throws ConfigException {
    Section section = root.section("ensemble");
    String name = section.has("name") ? name(section, "name") : "quiver";
    ElectionTiming timing = timing(section);
    Optional<EnsembleSecrets> secrets = EnsembleSecrets.of(section, folder, warnings);
    if (joining.isPresent()) {
      return joining(section, name, timing, secrets, http, raft);
    }
    List<MemberConfig> members =
        standalone && !section.has("members") ? List.of(alone(node, http, raft)) : members(section);
    section.nothingElse();
    EnsembleConfig ensemble = new EnsembleConfig(name, members, List.of(), timing, secrets);
    if (members.stream().noneMatch(member -> member.id().equals(node.id()))) {
      throw root.section("node")
          .error(
              "id",
              "is "
                  + node.id()
                  + ", which ensemble.members does not have; it has "
                  + String.join(", ", members.stream().map(MemberConfig::id).toList()));
    }
    if (!RECOMMENDED_SIZES.contains(members.size())) {
      warnings.add(
          "ensemble.members: "
              + members.size()
              + " members; 3 or 5 are wanted, because an even number survives no more failures than"
              + " one member fewer, and more than 5 slow every change down");
    }
    warnOfPorts(ensemble.member(node.id()), http, raft);
    return ensemble;
  }

  /**
   * Reads the settings of a member that joins a running ensemble: the list of the others comes from
   * the log.
   */
  private EnsembleConfig joining(
      Section section,
      String name,
      ElectionTiming timing,
      Optional<EnsembleSecrets> secrets,
      HttpConfig http,
      RaftConfig raft)
      throws ConfigException {
    if (section.has("members")) {
      throw section.error(
          "members",
          "and ensemble.join exclude each other: members is for whom the ensemble is founded with,"
              + " join for a member that is added later");
    }
    List<URI> seeds = new ArrayList<>();
    for (Section.Field field : section.texts("join")) {
      seeds.add(httpAddress(field));
    }
    section.nothingElse();
    if (seeds.isEmpty()) {
      throw section.error("join", "is empty; wanted REST addresses of members");
    }
    MemberConfig self = joining.orElseThrow();
    EnsembleConfig ensemble = new EnsembleConfig(name, List.of(self), seeds, timing, secrets);
    warnOfPorts(self, http, raft);
    return ensemble;
  }

  private MemberConfig alone(NodeConfig node, HttpConfig http, RaftConfig raft)
      throws ConfigException {
    HostPort own = connectable(root.section("http"), "listen", reachable(http.listen()));
    return new MemberConfig(node.id(), reachable(raft.listen()), url(own));
  }

  private static HostPort reachable(HostPort listen) {
    return listen.isWildcard() ? new HostPort("127.0.0.1", listen.port()) : listen;
  }

  private static List<MemberConfig> members(Section section) throws ConfigException {
    if (!section.has("members")) {
      throw section.missing("members");
    }
    List<MemberConfig> members = new ArrayList<>();
    TreeSet<String> ids = new TreeSet<>();
    TreeSet<String> addresses = new TreeSet<>();
    for (Section member : section.sections("members")) {
      String id = name(member, "id");
      MemberConfig read = addresses(member, id);
      member.nothingElse();
      HostPort raft = read.raft();
      URI http = read.http();
      if (!ids.add(id)) {
        throw member.error("id", id + " is the id of another member already");
      }
      if (!addresses.add(raft.identity())) {
        throw member.error("raft", raft + " is taken by a member already");
      }
      if (!addresses.add(new HostPort(host(http), http.getPort()).identity())) {
        throw member.error("http", http.getAuthority() + " is taken by a member already");
      }
      members.add(read);
    }
    if (members.isEmpty()) {
      throw section.error("members", "is empty; wanted this member and the others");
    }
    return members;
  }

  /** Reads one member from its section. */
  static MemberConfig member(Section section) throws ConfigException {
    return addresses(section, name(section, "id"));
  }

  private static MemberConfig addresses(Section member, String id) throws ConfigException {
    HostPort raft = connectable(member, "raft", member.hostPort("raft"));
    return new MemberConfig(id, raft, httpAddress(member.field("http")));
  }

  private static URI httpAddress(Section.Field field) throws ConfigException {
    String text = field.text().strip().toLowerCase(Locale.ROOT);
    String scheme = text.startsWith("https://") ? "https://" : "http://";
    String rest = text.startsWith(scheme) ? text.substring(scheme.length()) : "";
    String bare = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    HostPort address =
        HostPort.parse(bare)
            .orElseThrow(
                () ->
                    field.error(
                        "is no base URL of a member; wanted http://host:port, or https://, and no"
                            + " path"));
    Optional<String> wrong = notConnectable(address);
    if (wrong.isPresent()) {
      throw field.error(wrong.get());
    }
    return URI.create(scheme + address);
  }

  /** Without the brackets of an IPv6 address. */
  private static String host(URI url) {
    return url.getHost().replaceAll("[\\[\\]]", "");
  }

  private static HostPort connectable(Section member, String key, HostPort address)
      throws ConfigException {
    Optional<String> wrong = notConnectable(address);
    if (wrong.isPresent()) {
      throw member.error(key, wrong.get());
    }
    return address;
  }

  private static Optional<String> notConnectable(HostPort address) {
    if (address.isWildcard()) {
      return Optional.of(
          address + " is no address that the others can connect to; wanted this member's own");
    }
    return address.isCallable()
        ? Optional.empty()
        : Optional.of(
            address
                + " has a host that cannot be called; wanted an IP address, or a name of letters,"
                + " digits, hyphens and dots, without underscores, whose last part begins with a"
                + " letter");
  }

  private static URI url(HostPort address) {
    return URI.create("http://" + address);
  }

  private static ElectionTiming timing(Section section) throws ConfigException {
    if (!section.isSection("timing")) {
      return switch (section.textOr("timing", "lan")) {
        case "lan" -> ElectionTiming.LAN;
        case "wan" -> ElectionTiming.WAN;
        default -> throw section.error("timing", "wanted lan, wan or { min: 150ms, max: 300ms }");
      };
    }
    Section numbers = section.section("timing");
    ElectionTiming timing = new ElectionTiming(numbers.duration("min"), numbers.duration("max"));
    numbers.nothingElse();
    if (timing.min().compareTo(timing.max()) >= 0) {
      throw numbers.error(
          "max",
          "is "
              + Quantity.show(timing.max())
              + "; wanted more than min ("
              + Quantity.show(timing.min())
              + "), or the members would stand for election at the same moment");
    }
    return timing;
  }

  /** Only warns, because the addresses may differ behind a port mapping. */
  private void warnOfPorts(MemberConfig self, HttpConfig http, RaftConfig raft) {
    boolean secured = WireReader.isTls(self.http()) && http.tls().isPresent();
    HostPort listen = secured ? http.tls().orElseThrow().listen() : http.listen();
    if (self.http().getPort() != listen.port()) {
      warnings.add(
          mismatch(
              secured ? "http.tls_listen" : "http.listen",
              listen,
              self.id(),
              self.http().toString()));
    }
    if (self.raft().port() != raft.listen().port()) {
      warnings.add(mismatch("raft.listen", raft.listen(), self.id(), self.raft().toString()));
    }
  }

  private static String mismatch(String key, HostPort listen, String id, String advertised) {
    return key
        + " is "
        + listen
        + ", but ensemble.members tells the others to reach "
        + id
        + " at "
        + advertised
        + "; right only if the ports are mapped on the way";
  }

  private static String name(Section section, String key) throws ConfigException {
    String text = section.text(key);
    if (!EnsembleMember.isId(text)) {
      throw section.error(
          key,
          "wanted 1 to 64 letters, digits, dots, dashes or underscores, found \"" + text + "\"");
    }
    return text;
  }
}
