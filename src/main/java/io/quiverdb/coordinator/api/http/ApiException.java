// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import java.util.Map;
import java.util.TreeMap;

/** A request that cannot be served; {@link ErrorMapper} decides what the caller sees. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Fault fault;
  private final transient Map<String, Object> members;

  /** A fault without further members. */
  public ApiException(Fault fault, String detail) {
    this(fault, detail, Map.of());
  }

  /**
   * A fault with members for programs.
   *
   * @param members further members of the problem document: strings, numbers or null
   */
  public ApiException(Fault fault, String detail, Map<String, Object> members) {
    super(detail, null, false, false);
    this.fault = fault;
    this.members = new TreeMap<>(members);
  }

  /** What went wrong. */
  public Fault fault() {
    return fault;
  }

  /** Further members of the problem document. */
  public Map<String, Object> members() {
    return members;
  }

  /** The detail for the caller. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
