# Template of a Homebrew formula; `make formula` fills in the version and the hash of the source distribution.
# In a tap, `brew update-python-resources openrouter-preflight` then adds a resource for each dependency.
class OpenrouterPreflight < Formula
  include Language::Python::Virtualenv

  desc "Pre-deploy health check for OpenRouter keys: valid, funded, never committed"
  homepage "https://github.com/OWNER/openrouter-preflight"
  url "https://github.com/OWNER/openrouter-preflight/releases/download/v@VERSION@/openrouter_preflight-@VERSION@.tar.gz"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "git"
  depends_on "libyaml"
  depends_on "python@3.13"

  def install
    virtualenv_install_with_resources
    generate_completions_from_executable(bin/"openrouter-preflight", "completion", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match "SIMULATED", shell_output("#{bin}/openrouter-preflight check --simulate healthy")
    system "git", "init"
    (testpath/"a.env").write "nothing here\n"
    system bin/"openrouter-preflight", "scan"
  end
end
