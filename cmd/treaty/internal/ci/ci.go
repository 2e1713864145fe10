// Package ci finds out branch, commit and build address from the variables of
// build servers or from git.
package ci

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// The variables in which build servers tell branch, commit and build address,
// in the order in which the Pact clients read them.
var (
	branchVariables = []string{
		"GITHUB_HEAD_REF", "GITHUB_REF", "BUILDKITE_BRANCH", "CIRCLE_BRANCH", "TRAVIS_BRANCH", "GIT_BRANCH",
		"GIT_LOCAL_BRANCH", "APPVEYOR_REPO_BRANCH", "CI_COMMIT_REF_NAME", "BITBUCKET_BRANCH",
		"BUILD_SOURCEBRANCHNAME", "CIRRUS_BRANCH",
	}
	commitVariables = []string{
		"GITHUB_SHA", "BUILDKITE_COMMIT", "CIRCLE_SHA1", "TRAVIS_COMMIT", "GIT_COMMIT", "APPVEYOR_REPO_COMMIT",
		"CI_COMMIT_SHA", "CI_COMMIT_ID", "BITBUCKET_COMMIT", "BUILD_SOURCEVERSION", "CIRRUS_CHANGE_IN_REPO",
	}
	buildVariables = []string{
		"BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL", "TRAVIS_BUILD_WEB_URL", "CI_JOB_URL", "BUILD_URL",
		"CI_PIPELINE_URL", "DRONE_BUILD_LINK", "CODEBUILD_BUILD_URL", "BITRISE_BUILD_URL", "CF_BUILD_URL",
	}
)

// builds are the addresses that build servers tell in parts: a $NAME stands for
// what the variable holds, and an address counts if all of its are set.
var builds = []string{
	"$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID",
	"${SYSTEM_COLLECTIONURI}$SYSTEM_TEAMPROJECTID/_build/results?buildId=$BUILD_BUILDID",
	"https://bitbucket.org/$BITBUCKET_REPO_FULL_NAME/pipelines/results/$BITBUCKET_BUILD_NUMBER",
	"$APPVEYOR_URL/project/$APPVEYOR_ACCOUNT_NAME/$APPVEYOR_PROJECT_SLUG/builds/$APPVEYOR_BUILD_ID",
	"$SEMAPHORE_ORGANIZATION_URL/workflows/$SEMAPHORE_WORKFLOW_ID",
	"https://cirrus-ci.com/task/$CIRRUS_TASK_ID",
}

// Branch returns the branch that the build server or git tells, or "".
func Branch(ctx context.Context, e command.Env) string {
	branch := e.Or("", branchVariables...)
	if branch == "" {
		branch = onlyBranchVariable(e)
	}
	if branch == "" {
		branch = Git(ctx, e, "rev-parse", "--abbrev-ref", "HEAD")
		branch = strings.TrimPrefix(branch, "origin/")
	}
	if branch = strings.TrimPrefix(branch, "refs/heads/"); branch == "HEAD" {
		return "" // a checkout without a branch
	}
	return branch
}

// onlyBranchVariable returns the value of the one variable whose name ends in
// _BRANCH, if there is just one.
func onlyBranchVariable(e command.Env) string {
	var found []string
	for _, entry := range e.Environ {
		if name, value, _ := strings.Cut(entry, "="); strings.HasSuffix(name, "_BRANCH") && value != "" {
			found = append(found, value)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// Version returns the commit that the build server or git tells, or "".
func Version(ctx context.Context, e command.Env) string {
	if commit := e.Or("", commitVariables...); commit != "" {
		return commit
	}
	return Git(ctx, e, "rev-parse", "HEAD")
}

// actorVariables are where build servers tell whose doing a build is.
var actorVariables = []string{
	"GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR", "CIRCLE_USERNAME", "BUILD_REQUESTEDFOR", "CODEBUILD_INITIATOR", "BUILD_USER_ID",
}

// Actor returns whose doing this is, as the build server or git tells, or "".
func Actor(ctx context.Context, e command.Env) string {
	if name := e.Or("", actorVariables...); name != "" {
		return name
	}
	return Git(ctx, e, "config", "user.name")
}

// BuildURL returns the address of the build that the build server tells,
// or "".
func BuildURL(e command.Env) string {
	for _, build := range builds {
		whole := true
		address := os.Expand(build, func(name string) string {
			value := e.Getenv(name)
			whole = whole && value != ""
			return value
		})
		if whole {
			return address
		}
	}
	return e.Or("", buildVariables...)
}

// Git returns what git answers in the working folder, or "" where there is no
// Git or no repository.
func Git(ctx context.Context, e command.Env, args ...string) string {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = e.Dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
