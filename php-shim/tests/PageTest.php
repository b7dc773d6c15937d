<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Peer;
use ReflectionMethod;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\InDoubt;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hook\OwnHooks;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\ClientArea;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Page\AdminPage;
use WHMCS\Module\Addon\Creditbridge\Page\Viewer;
use WHMCS\Module\Addon\Creditbridge\Page\PanelActions;
use WHMCS\Module\Addon\Creditbridge\Page\HaltQuestion;
use WHMCS\Module\Addon\Creditbridge\Page\CommandsInDoubt;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Settings;

final class PageTest extends ShimTestCase
{
    const BASE = 'addonmodules.php?module=creditbridge';

    /** @var Peer */
    private $peer;

    protected function setUp(): void
    {
        parent::setUp();
        $this->peer = $this->peer();
        $this->field('service_url', $this->peer->url);
        $this->paired($this->peer);
        $this->peer->answer('/v1/manifest', ['body' => ['manifest' => ['number' => 1, 'hooks' => []]]]);
        $_SESSION['adminid'] = 1;
    }

    private function page(array $answer): void
    {
        $this->peer->answer('/v1/page', ['body' => $answer + [
            'status' => 200, 'title' => 'Rules', 'html' => '<p>the rules</p>', 'redirect' => null, 'waiting' => 0,
        ]]);
    }

    private function post(array $form): AdminPage
    {
        $_SERVER['REQUEST_METHOD'] = 'POST';
        $_POST = $form + ['token' => generate_token('plain')];
        $_REQUEST = $_POST;

        return new AdminPage(self::BASE);
    }

    private function asked(): array
    {
        $requests = array_filter($this->peer->requests(), static function (array $request): bool {
            return $request['path'] === '/v1/page';
        });
        return $requests === [] ? [] : json_decode(end($requests)['body'], true);
    }

    public function testShowsTheServicesPageAndTellsItWhoIsLooking(): void
    {
        $this->page([]);
        $_GET = ['module' => 'creditbridge', 'page' => 'rules/auto-apply', 'group' => '2'];

        $html = (new AdminPage(self::BASE))->render();

        self::assertStringContainsString('<p>the rules</p>', $html);
        self::assertStringContainsString('Connected', $html);
        $asked = $this->asked();
        self::assertSame(['rules/auto-apply', 'GET', ['group' => '2'], []], [
            $asked['page'], $asked['method'], $asked['query'], $asked['form'],
        ]);
        self::assertSame(1, $asked['viewer']['adminId']);
        self::assertContains('Manage Credits', $asked['viewer']['permissions']);
        self::assertArrayHasKey('NoAutoApplyCredit', $asked['settings']);
        self::assertSame('token', $asked['token']['name']);
        self::assertStringEndsWith('/modules/addons/creditbridge/assets', $asked['assets']);
    }

    public function testSaysWhatAFormDidOnceAndOnlyToWhoSentIt(): void
    {
        $shown = function (): array {
            (new AdminPage(self::BASE))->render();
            return $this->asked()['query'];
        };
        $this->page([]);
        $_GET = ['page' => 'approvals', 'said' => 'approved'];
        self::assertSame([], $shown(), 'the link of a stranger');

        $this->page(['redirect' => 'page=approvals&said=approved']);
        $this->post(['act' => 'approve'])->render();
        $_SERVER['REQUEST_METHOD'] = 'GET';
        $this->page([]);
        self::assertSame(['said' => 'approved'], $shown());
        self::assertSame([], $shown(), 'shown again');
    }

    public function testListsInPlaceOfTextsGiveNoNoticeOfPhp(): void
    {
        $this->page([]);
        $_GET = ['page' => ['rules'], 'act' => ['x']];
        (new AdminPage(self::BASE))->render();
        self::assertSame('overview', $this->asked()['page']);
        $_GET = ['page' => 'connection'];
        $this->post(['act' => ['freeze'], 'client' => ['1'], 'reason' => ['x']])->render();
        self::assertFalse(Settings::load()->isFrozen());
        $client = $this->client('0.00');
        $this->post(['act' => 'freeze-client', 'client' => (string) $client, 'reason' => ['x']])->render();
        $reasons = Database::rows('SELECT reason FROM mod_creditbridge_frozen_clients WHERE client_id = ?', [$client]);
        self::assertSame([''], array_column($reasons, 'reason'));
        $_GET = ['page' => ['api-tokens']];
        $this->post(['act' => ['make-token'], 'name' => ['x']])->render();
        self::assertSame(['make-token'], $this->asked()['form']['act']);
    }

    public function testTellsOfAnAdminOnlyTheRightsHeHas(): void
    {
        $this->page([]);
        $_SESSION['adminid'] = Database::value("SELECT id FROM tbladmins WHERE username = 'limited'");

        (new AdminPage(self::BASE))->render();

        self::assertNotContains('Manage Credits', $this->asked()['viewer']['permissions']);
    }

    public function testForwardsAFormWithoutTheTokenAndGoesWhereTheServiceSays(): void
    {
        $this->page(['redirect' => 'page=rules&saved=auto-apply']);
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ]);

        $page = $this->post(['once' => 'abc', 'amounts' => ['1' => '10.00']]);
        $page->render();

        self::assertSame(['once' => 'abc', 'amounts' => ['1' => '10.00']], $this->asked()['form']);
        self::assertSame(self::BASE . '&page=rules&saved=auto-apply', $page->redirect());
        self::assertSame('done', self::state($id), 'what the form decided was carried out');
        self::assertSame(1, Settings::load()->number('manifest_number'));
    }

    public function testGoesNowhereElse(): void
    {
        foreach (['https://evil.example.com/', '//evil.example.com', "page=x\r\nSet-Cookie: a=b"] as $redirect) {
            $this->page(['redirect' => $redirect]);
            $page = $this->post([]);
            $page->render();
            self::assertSame('', $page->redirect());
        }
    }

    public function testShowsItsOwnPanelWhenTheServiceIsDown(): void
    {
        $this->peer->answer('/v1/page', ['sign' => false]);

        $html = (new AdminPage(self::BASE))->render();

        self::assertStringContainsString('no credit is applied', $html);
        self::assertStringContainsString('Service down', $html);
        self::assertStringContainsString('Freeze everything', $html);
    }

    public function testFreezesWithoutTheService(): void
    {
        $this->peer->stop();
        $_GET = ['page' => 'connection'];

        $page = $this->post(['act' => 'freeze']);
        $page->render();

        self::assertTrue(Settings::load()->isFrozen());
        self::assertSame(self::BASE . '&page=connection', $page->redirect());
        self::assertSame([], $this->peer->requests());
        self::assertCount(1, preg_grep('/admin 1 at an unknown address froze everything/', self::activity()));
    }

    public function testWhoMayMoveCreditSettlesACommandInDoubtAndTheClientsOthersGoOn(): void
    {
        $client = $this->client('10.00');
        $invoice = $this->invoice($client, '30.00');
        $apply = ['invoiceid' => $invoice, 'amount' => '1.00', 'noemail' => true];
        $doubted = ['state' => 'unknown', 'reason' => 'The log has <b>no</b> row for it.'];
        $notDone = $this->command('ApplyCredit', $client, $apply, $doubted);
        $blocked = $this->command('ApplyCredit', $client, $apply);
        $_GET = ['page' => 'connection'];
        $html = (new AdminPage(self::BASE))->render();
        self::assertStringContainsString('ApplyCredit, client ' . $client . ', invoice ' . $invoice, $html);
        self::assertStringContainsString('&lt;b&gt;no', $html);

        $this->withoutCredit();
        self::assertStringNotContainsString('ApplyCredit, client', (new AdminPage(self::BASE))->render());
        $shown = $this->post(['act' => 'settle-not-done', 'command' => $notDone])->render();
        self::assertStringContainsString('This needs the permission Manage Credits.', $shown);
        self::assertSame('unknown', self::state($notDone), 'not with Configure Addon Modules alone');
        Database::change("UPDATE tbladmins SET roleid = 2 WHERE username = 'limited'");
        $_SESSION['adminid'] = 1;
        $this->post(['act' => 'settle-done', 'command' => $notDone])->render();
        self::assertStringContainsString('name the row', $_SESSION['creditbridge_notice'][1]);
        $this->post(['act' => 'settle-not-done', 'command' => $notDone])->render();

        self::assertSame(['stale', 'open'], [self::state($notDone), self::state($blocked)]);
        self::assertNull(self::row($notDone)['live_fact'], 'its rule may propose it anew');
        self::assertStringStartsWith('Settled by admin 1. The log', self::row($notDone)['reason']);
        (new Executor(Settings::load()))->run(self::soon());
        self::assertSame('done', self::state($blocked));
    }

    /** Logs in as an admin whose role may configure the addon, and not move credit. */
    private function withoutCredit(): void
    {
        Database::change("INSERT IGNORE INTO tbladminroles (id, name) VALUES (9, 'Technician')");
        $manageCredits = 2;
        Database::change(
            'INSERT IGNORE INTO tbladminperms (roleid, permid)'
                . ' SELECT 9, permid FROM tbladminperms WHERE roleid = 1 AND permid <> ?',
            [$manageCredits]
        );
        Database::change("UPDATE tbladmins SET roleid = 9 WHERE username = 'limited'");
        $_SESSION['adminid'] = Database::value("SELECT id FROM tbladmins WHERE username = 'limited'");
    }

    public function testTakesTheRowOfTheCreditLogThatProvesACommandInDoubt(): void
    {
        $client = $this->client('10.00');
        $other = $this->client('10.00');
        $row = static function (int $client, string $amount): int {
            Database::change(
                "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, CURDATE(), 'x', ?)",
                [$client, $amount]
            );
            return (int) Database::value('SELECT MAX(id) FROM tblcredit');
        };
        $before = $row($client, '-1.00');
        $doubted = ['state' => 'unknown', 'witnesses' => '{"creditId":' . $before . '}'];
        $add = ['clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'remove'];
        $id = $this->command('AddCredit', $client, $add, $doubted);
        $proven = $row($client, '-1.00');
        $this->command('AddCredit', $client, $add, ['state' => 'done', 'credit_log_id' => $proven]);
        $right = $row($client, '-1.00');
        $mail = $this->command('SendEmail', $client, ['messagename' => 'x', 'id' => $client], $doubted);
        $_GET = ['page' => 'connection'];

        $refusals = [
            'x1' => 'must be a number', '4294967295' => 'has no row',
            (string) $row($other, '-1.00') => 'belongs to client ' . $other,
            (string) $row($client, '1.00') => 'is about 1.00, the command about -1.00',
            (string) $before => 'is older than the start of the command', (string) $proven => 'already',
        ];
        foreach ($refusals as $named => $why) {
            $this->post(['act' => 'settle-done', 'command' => $id, 'creditlog' => (string) $named])->render();
            self::assertSame('unknown', self::state($id), $why);
            self::assertStringContainsString($why, $_SESSION['creditbridge_notice'][1]);
        }
        $this->post(['act' => 'settle-done', 'command' => $mail, 'creditlog' => (string) $right])->render();
        self::assertSame('unknown', self::state($mail), 'a mail has no row');

        $this->post(['act' => 'settle-done', 'command' => $id, 'creditlog' => (string) $right])->render();

        self::assertSame(['done', (string) $right], [self::state($id), (string) self::row($id)['credit_log_id']]);
    }

    public function testARowThatWasTakenForItsTraceIsFreeAgainWhenACommandWasNotDone(): void
    {
        $client = $this->client('10.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ], ['state' => 'unknown', 'credit_log_id' => 4000000000]);
        $_GET = ['page' => 'connection'];

        $this->post(['act' => 'settle-not-done', 'command' => $id, 'creditlog' => ''])->render();

        self::assertSame(['stale', null], [self::state($id), self::row($id)['credit_log_id']]);
    }

    public function testNotesNoAnswerAboutACommandInDoubtThatWhmcsContradicts(): void
    {
        $client = $this->client('10.00');
        $invoice = $this->invoice($client, '6.00');
        $apply = ['invoiceid' => $invoice, 'amount' => '6.00', 'noemail' => true];
        $doubted = function (string $balanceBefore) use ($client, $invoice, $apply): string {
            $before = Witnesses::read(['client_id' => $client, 'invoice_id' => $invoice]);
            $witnesses = Json::encode(['balance' => $balanceBefore] + $before);

            return $this->command('ApplyCredit', $client, $apply, ['state' => 'unknown', 'witnesses' => $witnesses]);
        };
        $say = function (string $act, string $id, string $row = ''): string {
            $_SESSION['creditbridge_notice'] = [];
            $this->post(['act' => $act, 'command' => $id, 'creditlog' => $row])->render();
            return $_SESSION['creditbridge_notice'][1];
        };
        $_GET = ['page' => 'connection'];

        $half = $doubted('16.00');
        self::assertStringContainsString('the balance moved by -6.00. Only part of it is there', $say('settle-not-done', $half));
        $nothing = $doubted('10.00');
        Database::change(
            "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, CURDATE(), 'x', '-6.00')",
            [$client]
        );
        $row = (string) Database::value('SELECT MAX(id) FROM tblcredit');
        self::assertStringContainsString('none of it stands on invoice ' . $invoice, $say('settle-done', $nothing, $row));

        foreach ([$half, $nothing] as $id) {
            self::assertSame('unknown', self::state($id));
            self::assertNotNull(self::row($id)['live_fact'], 'the fact is not answered again');
        }
    }

    public function testOfTwoAnswersAtOnceAboutACommandInDoubtTheSecondChangesNothing(): void
    {
        $client = $this->client('10.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ], ['state' => 'unknown']);
        // As the second request read it, before the first one had written its answer.
        $stillInDoubt = InDoubt::find($id);
        self::assertTrue(InDoubt::settle($id, false, 'Admin 1 says so.'));

        $note = new ReflectionMethod(InDoubt::class, 'note');
        $note->setAccessible(true);
        self::assertFalse($note->invoke(null, $stillInDoubt, true, 'Admin 2 says so.', 7));
        self::assertSame(['stale', null], [self::state($id), self::row($id)['credit_log_id']]);
    }

    public function testShowsSecretsOnlyWhenAFullAdminAsks(): void
    {
        $_GET = ['page' => 'connection'];
        self::assertStringNotContainsString('whsec_', (new AdminPage(self::BASE))->render());

        $html = $this->post(['act' => 'show-secrets'])->render();
        self::assertStringContainsString('CREDITBRIDGE_SECRET_TO_SERVICE=' . Secrets::of(Secrets::TO_SERVICE)[0], $html);
        self::assertStringContainsString('CREDITBRIDGE_SECRET_TO_WHMCS=' . Secrets::of(Secrets::TO_WHMCS)[0], $html);
        self::assertStringNotContainsString('whsec_', json_encode($_SESSION));

        $_SESSION['adminid'] = Database::value("SELECT id FROM tbladmins WHERE username = 'limited'");
        $html = $this->post(['act' => 'show-secrets'])->render();
        self::assertStringNotContainsString('whsec_', $html);
        $this->post(['act' => 'freeze'])->render();
        self::assertFalse(Settings::load()->isFrozen());
    }

    public function testWhoTriesWhatTheRoleDoesNotAllowStandsInTheActivityLog(): void
    {
        $_GET = ['page' => 'connection'];
        $_SESSION['adminid'] = Database::value("SELECT id FROM tbladmins WHERE username = 'limited'");
        $_SERVER['REMOTE_ADDR'] = '192.0.2.7';
        $this->post(['act' => 'show-secrets'])->render();
        $this->post(['act' => "freeze\n<b>admin 1 froze everything</b>"])->render();

        $begins = 'Credit Bridge: admin ' . $_SESSION['adminid'] . ' at 192.0.2.7 tried ';
        $ends = ' without the permission Configure Addon Modules; nothing was done.';
        self::assertSame([$begins . 'show-secrets' . $ends, $begins . 'something unknown' . $ends], self::activity());
        unset($_SERVER['REMOTE_ADDR']);
    }

    public function testEachActIsInTheListOfRightsAndDoneByNobodyWhoLacksOneOfThem(): void
    {
        $source = (string) file_get_contents((string) (new \ReflectionClass(PanelActions::class))->getFileName());
        preg_match_all("/case '([a-z-]+)':/", $source, $cases);
        $constants = [CommandsInDoubt::DONE, CommandsInDoubt::NOT_DONE, HaltQuestion::READOPT, HaltQuestion::CONTINUE_AS_IS];
        $acts = array_merge($cases[1], $constants, ['show-secrets']);
        self::assertEqualsCanonicalizing($acts, array_keys(PanelActions::RIGHTS));

        foreach (PanelActions::RIGHTS as $act => $needed) {
            foreach ($needed as $lacking) {
                $rest = array_values(array_diff(Viewer::TOLD, [$lacking]));
                $viewer = ['kind' => 'admin', 'adminId' => 1, 'permissions' => $rest];
                $html = (new PanelActions(Settings::load(), $viewer))->handle($act, []);
                self::assertStringContainsString('This needs the permission ' . implode(' and ', $needed), $html, $act);
            }
        }
    }

    public function testAsksWhetherItWasMovedOrCopiedAndForwardsNothing(): void
    {
        Settings::load()->write(['fingerprint' => ['systemUrl' => 'https://old.example.com'] + Fingerprint::here()]);

        $html = (new AdminPage(self::BASE))->render();

        self::assertStringContainsString('Was this WHMCS moved or copied?', $html);
        self::assertStringContainsString('It was at https://old.example.com', $html);
        self::assertSame([], $this->asked());
    }

    public function testTellsANewInstallationWhatToDoNextAndWhatIsWrongWithItsUrl(): void
    {
        Settings::load()->write(['state' => Settings::STATE_NEW]);
        $this->field('service_url', 'http://service.example.com:8481');
        $_GET = ['module' => 'creditbridge'];

        $html = (new AdminPage(self::BASE))->render();

        self::assertStringContainsString('Next: set the service URL', $html);
        self::assertStringContainsString('must be loopback', $html);
        self::assertStringContainsString('kept until connected', $html);
        self::assertStringNotContainsString('flowing', $html);
    }

    public function testEscapesWhatOthersMayHaveWritten(): void
    {
        Settings::load()->write(['breaker_failures' => 1, 'breaker_reason' => '<script>alert(1)</script>']);
        $_GET = ['page' => 'connection'];

        $html = (new AdminPage(self::BASE))->render();

        self::assertStringNotContainsString('<script>', $html);
        self::assertStringContainsString('&lt;script&gt;', $html);
    }

    public function testAlertsTheAdminsHomePageAfterFifteenMinutes(): void
    {
        $insert = 'INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)'
            . " VALUES (?, 'x', '{}', UTC_TIMESTAMP(6) - INTERVAL ? MINUTE, UTC_TIMESTAMP(6))";
        Database::change($insert, ['made-later', 14]);
        self::assertSame('', OwnHooks::handle('AdminHomepage', [], Settings::load(), null));

        Database::change($insert, ['made-first', 16]);
        self::assertStringContainsString(
            '2 hooks have been waiting for up to 16 minutes',
            OwnHooks::handle('AdminHomepage', [], Settings::load(), null)
        );
    }

    public function testShowsAClientHisPageAndNamesUserAndClient(): void
    {
        $this->page(['title' => 'Your credit']);
        $_SESSION = ['uid' => 2];

        $page = ClientArea::render([]);

        self::assertSame('<p>the rules</p>', $page['vars']['creditbridgeHtml']);
        self::assertTrue($page['requirelogin']);
        $viewer = $this->asked()['viewer'];
        self::assertSame(['client', 2], [$viewer['kind'], $viewer['clientId']]);
        self::assertContains('invoices', $viewer['permissions']);
        self::assertNull($viewer['masqueradingAdminId']);
    }

    public function testTellsTheServiceOnlyShortTextsOfWhatAClientTypes(): void
    {
        $this->page([]);
        $_SESSION = ['uid' => 2];
        $deep = 'x';
        for ($level = 0; $level < 40; $level++) {
            $deep = [$deep];
        }
        $typed = ['deep' => $deep, 'list' => ['x'], 'long' => str_repeat('x', 256), '<b>' => 'x', 'not-utf8' => "\xff"];
        $_SERVER['REQUEST_METHOD'] = 'POST';
        $_POST = $typed + ['token' => generate_token('plain'), 'after' => 'x'];
        $_GET = $typed + ['m' => 'creditbridge', 'page' => ['x'], 'after' => '17'];
        $_REQUEST = $_POST + $_GET;

        $page = ClientArea::render([]);

        self::assertSame('<p>the rules</p>', $page['vars']['creditbridgeHtml']);
        $asked = $this->asked();
        self::assertSame('credit', $asked['page']);
        self::assertSame(['not-utf8' => "\u{fffd}", 'after' => '17'], $asked['query']);
        self::assertSame(['not-utf8' => "\u{fffd}", 'after' => 'x'], $asked['form']);
        self::assertSame([], self::activity());
    }

    public function testShowsNobodyElseAnything(): void
    {
        $this->page([]);
        $_SESSION = [];

        self::assertSame('', ClientArea::render([])['vars']['creditbridgeHtml']);
        self::assertSame([], $this->asked());
    }

    public function testApologisesToAClientWhenTheServiceIsDown(): void
    {
        $this->peer->stop();
        $_SESSION = ['uid' => 2];

        $vars = ClientArea::render([])['vars'];

        self::assertSame('', $vars['creditbridgeHtml']);
        self::assertStringContainsString('Your credit is safe', $vars['creditbridgeMessage']);
    }
}
