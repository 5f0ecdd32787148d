// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

/** A request that a node refuses, with the answer it gets. */
public final class QuiverError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The form of the answer's body. */
  enum Form {
    /** {@code application/problem+json}. */
    PROBLEM,
    /** The same members as {@code application/json}: how Quiver answers 401. */
    PLAIN_JSON,
    /** A sentence as {@code text/plain}: how Quiver answers requests that it cannot read. */
    TEXT
  }

  private final int status;
  private final Form form;
  private final String hidden;

  private QuiverError(int status, Form form, String detail) {
    this(status, form, detail, "");
  }

  private QuiverError(int status, Form form, String detail, String hidden) {
    super(detail, null, false, false);
    this.status = status;
    this.form = form;
    this.hidden = hidden;
  }

  /** The HTTP status of the answer. */
  public int status() {
    return status;
  }

  /** What is wrong. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  Form form() {
    return form;
  }

  static QuiverError badRequest(String detail) {
    return new QuiverError(400, Form.PROBLEM, detail);
  }

  static QuiverError unauthorized() {
    return new QuiverError(401, Form.PLAIN_JSON, "missing or invalid API key");
  }

  static QuiverError forbidden(String detail) {
    return new QuiverError(403, Form.PROBLEM, detail);
  }

  static QuiverError noCollection(String name) {
    return new QuiverError(404, Form.PROBLEM, "collection not found: " + name);
  }

  static QuiverError collectionExists(String name) {
    return new QuiverError(409, Form.PROBLEM, "already exists: collection " + name);
  }

  static QuiverError directoryExists(String path) {
    return new QuiverError(409, Form.PROBLEM, "already exists: " + path);
  }

  static QuiverError notLeader() {
    return new QuiverError(421, Form.PROBLEM, "this node is a follower of its shard's Raft group");
  }

  /** The cause is for the log only: Quiver tells the caller nothing about it. */
  static QuiverError internal(String cause) {
    return new QuiverError(500, Form.PROBLEM, "internal error", cause);
  }

  static QuiverError unsupported(String operation) {
    return new QuiverError(
        501, Form.PROBLEM, operation + " is not supported in cluster-router mode");
  }

  static QuiverError unreadable(int status, String what) {
    return new QuiverError(status, Form.TEXT, what);
  }

  /** What happened, where the answer does not say it; else empty. */
  String hiddenCause() {
    return hidden;
  }
}
