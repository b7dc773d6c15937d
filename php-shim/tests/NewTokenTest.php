<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Page\AdminPage;

/**
 * Tokens of the API, which only the addon makes.
 */
final class NewTokenTest extends ShimTestCase
{
    const FORM = ['act' => 'make-token', 'name' => 'Till', 'days' => '90', 'scope-read' => 'on', 'scope-propose' => 'on'];

    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
        $_SESSION['adminid'] = 1;
        $_GET = ['page' => 'api-tokens'];
    }

    private function post(array $form): string
    {
        $_SERVER['REQUEST_METHOD'] = 'POST';
        $_POST = $form + ['token' => generate_token('plain')];
        $_REQUEST = $_POST;

        return (new AdminPage('x'))->render();
    }

    private static function tokens(): array
    {
        return Database::rows('SELECT *, HEX(token_sha256) AS hash, DATEDIFF(expires_at, created_at) AS days'
            . ' FROM mod_creditbridge_api_tokens');
    }

    public function testShowsATokenOnceAndKeepsItsHashWithTheRoleOfItsAdmin(): void
    {
        $html = $this->post(self::FORM);

        self::assertSame(1, preg_match('/cbt_[A-Za-z0-9_-]{43}/', $html, $token));
        $row = self::tokens()[0];
        self::assertSame(hash('sha256', $token[0]), strtolower($row['hash']));
        self::assertSame(['Till', 'read propose', '90'], [$row['name'], $row['scopes'], (string) $row['days']]);
        $permissions = Database::value('SELECT GROUP_CONCAT(permid ORDER BY permid) FROM tbladminperms WHERE roleid = ?', [
            $row['role_id'],
        ]);
        self::assertSame((string) $permissions, $row['role_permissions']);
        self::assertSame('1', (string) $row['admin_id']);
        $audit = Database::row("SELECT * FROM mod_creditbridge_audit WHERE act = 'api-token-make'");
        self::assertSame(['admin:1', $row['id']], [$audit['actor'], $audit['target']]);
        self::assertStringNotContainsString($token[0], $audit['details']);
        self::assertCount(1, preg_grep('/admin 1 at .* made a token of the API/', self::activity()));

        self::assertStringContainsString('you have a token of this name', $this->post(self::FORM), 'a second click');
        self::assertCount(1, self::tokens());
        Database::change('UPDATE mod_creditbridge_api_tokens SET revoked_at = UTC_TIMESTAMP(6)');
        $this->post(self::FORM);
        self::assertCount(2, self::tokens());
    }

    public function forms(): array
    {
        return [
            'no name' => [['name' => ' ']],
            'a list of names' => [['name' => ['a']]],
            'a long name' => [['name' => str_repeat('a', 65)]],
            'another time' => [['days' => '3650']],
            'no time' => [['days' => '']],
            'no scope' => [['scope-read' => '', 'scope-propose' => ['on']]],
        ];
    }

    /** @dataProvider forms */
    public function testMakesNoneOfAFormThatDoesNotFit(array $wrong): void
    {
        self::assertStringContainsString('cb-bad', $this->post($wrong + self::FORM));
        self::assertSame([], self::tokens());
    }

    public function testANameThatTheConnectionCannotCarryIsKeptWithoutWhatDoesNotFit(): void
    {
        $this->post(['name' => "Till \u{1F4B6}"] + self::FORM);

        self::assertSame(['Till'], array_column(self::tokens(), 'name'));
    }

    public function testAnAdminGivesNoMoreThanTheirRole(): void
    {
        $_SESSION['adminid'] = Database::value("SELECT id FROM tbladmins WHERE username = 'limited'");

        $this->post(['scope-approve' => 'on'] + self::FORM);

        self::assertSame([], preg_grep('/propose|approve/', array_column(self::tokens(), 'scopes')));
        $this->post(['scope-read' => '', 'name' => 'Other'] + self::FORM);
        self::assertNotContains('Other', array_column(self::tokens(), 'name'));
    }
}
