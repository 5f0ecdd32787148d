// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.ConfigNode.Mapping;
import io.quiverdb.coordinator.config.ConfigNode.Scalar;
import io.quiverdb.coordinator.config.ConfigNode.ScalarType;
import java.util.Map;

/** Reads a member that a caller describes, as strictly as one in a file. */
public final class MemberReader {
  private static final Origin REQUEST = new Origin("the request");

  private MemberReader() {}

  /**
   * The member, its addresses in the form that the configuration uses.
   *
   * @throws IllegalArgumentException if one of these is not valid; the message names it
   */
  public static MemberConfig read(String id, String raft, String http) {
    Mapping fields =
        new Mapping(REQUEST, Map.of("id", text(id), "raft", text(raft), "http", text(http)));
    try {
      return EnsembleReader.member(new Section("", fields));
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Scalar text(String value) {
    return new Scalar(REQUEST, ScalarType.TEXT, value);
  }
}
