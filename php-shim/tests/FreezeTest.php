<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\Lease;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Page\AdminPage;
use WHMCS\Module\Addon\Creditbridge\Page\Alert;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Work\Round;

/**
 * Freezes one client's commands, or halts everything after a restored database. All without the service.
 */
final class FreezeTest extends ShimTestCase
{
    const BASE = 'addonmodules.php?module=creditbridge';

    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
        $_SESSION['adminid'] = 1;
        $_GET = ['page' => 'connection'];
    }

    public function testRunsNothingForAFrozenClientAndServesTheOthers(): void
    {
        list($frozen, $other) = [$this->client('0.00'), $this->client('0.00')];
        $held = $this->bonus($frozen);
        $note = $this->command('LogActivity', $frozen, ['description' => 'x']);
        $done = $this->bonus($other);
        $this->post(['act' => 'freeze-client', 'client' => (string) $frozen, 'reason' => 'Chargeback <b>']);

        self::assertSame(1, $this->execute());
        self::assertSame(0, $this->execute($frozen), 'nor where it is asked for by name');
        self::assertFalse(Queue::isBusy());

        self::assertSame(['open', 'open', 'done'], array_map([self::class, 'state'], [$held, $note, $done]));
        $html = (new AdminPage(self::BASE))->render();
        self::assertStringContainsString('<strong>Client ' . $frozen . '</strong>: Chargeback &lt;b&gt;', $html);

        $this->post(['act' => 'unfreeze-client', 'client' => (string) $frozen, 'reason' => 'Settled']);
        self::assertSame(2, $this->execute());
        self::assertSame(['1.00', '1.00'], [self::balance($frozen), self::balance($other)]);
    }

    public function testAFreezeThatComesBetweenChoosingAndStartingStillHolds(): void
    {
        $client = $this->client('0.00');
        $id = $this->bonus($client);
        Lease::prepare([$client]);
        $chosen = Queue::next([$client])[$client];
        $this->post(['act' => 'freeze-client', 'client' => (string) $client, 'reason' => 'Fraud']);

        self::assertNull(Queue::start($chosen, []));
        self::assertFalse(Queue::settle($chosen, [Command::OPEN], new Outcome(Command::STALE, 'The world has changed.')));
        self::assertSame('open', self::state($id));
    }

    public function testDoesNotSettleWhatWasCutOffForAFrozenClientBeforeTheThaw(): void
    {
        $client = $this->client('0.00');
        $id = $this->bonus($client, [
            'state' => 'running', 'fence' => 1, 'attempts' => 1, 'lease_until' => '2000-01-01 00:00:00',
            'witnesses' => '{"balance":"0.00","creditId":0,"invoice":null}',
        ]);
        $this->post(['act' => 'freeze-client', 'client' => (string) $client, 'reason' => 'Fraud']);
        $this->execute();
        self::assertSame('running', self::state($id));

        $this->post(['act' => 'unfreeze-client', 'client' => (string) $client, 'reason' => 'Settled']);
        $this->execute();
        self::assertSame('open', self::state($id), 'nothing had happened, so it may be tried again');
    }

    public function testNotesWhoFrozeWhatWithoutTheService(): void
    {
        $_SERVER['REMOTE_ADDR'] = '192.0.2.7';
        $client = $this->client('0.00');
        $id = $this->bonus($client, ['state' => 'unknown']);
        $this->post(['act' => 'freeze']);
        $this->post(['act' => 'unfreeze']);
        $this->post(['act' => 'freeze-client', 'client' => (string) $client, 'reason' => 'Fraud']);
        $this->post(['act' => 'freeze-client', 'client' => (string) $client, 'reason' => 'Again']);
        $this->post(['act' => 'unfreeze-client', 'client' => (string) $client, 'reason' => 'Settled']);
        $this->post(['act' => 'settle-not-done', 'command' => $id]);
        $this->post(['act' => 'rotate']);
        $this->post(['act' => 'finish-rotation']);
        $this->post(['act' => 'take-rotation-back']);
        self::assertTrue(Secrets::isRotating(), 'the service is asked first');
        Secrets::promoteNext('admin:1');
        $this->post(['act' => 'rotate']);
        Secrets::dropNext('admin:1');
        $this->post(['act' => 'take-over']);
        $this->post(['act' => 'give-back']);
        $this->post(['act' => 'give-back']);
        $this->post(['act' => 'self-test']);
        $this->post(['act' => 'show-secrets']);
        $this->halt();
        $this->post(['act' => 'continue']);
        $this->comesFromElsewhere(Settings::load());
        $this->post(['act' => 'copied']);
        $this->post(['act' => 'turn-on']);
        $this->post(['act' => 'moved']);

        unset($_SERVER['REMOTE_ADDR']);
        $rows = Database::rows('SELECT actor, act, target, details FROM mod_creditbridge_audit ORDER BY id');
        self::assertSame(['admin:1'], array_values(array_unique(array_column($rows, 'actor'))));
        self::assertSame([
            'freeze installation', 'unfreeze installation', 'client-freeze client:' . $client,
            'client-unfreeze client:' . $client, 'command-settle command:' . $id, 'secrets-rotate installation',
            'secrets-rotate-finish installation', 'secrets-rotate installation', 'secrets-rotate-back installation',
            'automatic-use-take-over installation',
            'automatic-use-give-back installation', 'self-test installation', 'secrets-show installation',
            'halt-answer installation', 'installation-copied installation', 'copy-turn-on installation',
            'installation-moved installation',
        ], array_map(static function (array $row): string {
            return $row['act'] . ' ' . $row['target'];
        }, $rows));
        self::assertSame('{"reason":"Fraud","address":"192.0.2.7"}', $rows[2]['details']);
        $addresses = array_map(static function (array $row): string {
            return json_decode($row['details'], true)['address'] ?? '';
        }, $rows);
        self::assertSame(['192.0.2.7'], array_values(array_unique($addresses)));
        $lines = preg_grep('/admin 1 at 192\.0\.2\.7 /', self::activity());
        self::assertCount(count($rows), $lines, 'and each has a line in the activity log of WHMCS');
        foreach (['looked at the secrets', 'finished the rotation', 'was moved', 'is a copy', 'turned this copy on'] as $words) {
            self::assertCount(1, preg_grep('/' . $words . '/', $lines), $words);
        }
    }

    public function testFreezesAlsoWhereItCannotBeNoted(): void
    {
        Database::change('DROP TABLE mod_creditbridge_audit');
        $this->post(['act' => 'freeze']);

        self::assertSame(1, Settings::load()->number('frozen'));
        self::assertCount(1, preg_grep('/could not record in the audit: freeze/', self::activity()));
    }

    public function testFreezesOnlyClientsThatExistAndForFullAdminsAndThawsWithAReason(): void
    {
        $client = $this->client('0.00');
        foreach (['0', '999999999', '1e1'] as $id) {
            $this->post(['act' => 'freeze-client', 'client' => $id, 'reason' => 'x']);
        }
        $_SESSION['adminid'] = Database::value("SELECT id FROM tbladmins WHERE username = 'limited'");
        $this->post(['act' => 'freeze-client', 'client' => (string) $client, 'reason' => 'x']);
        self::assertSame([], Database::rows('SELECT * FROM mod_creditbridge_frozen_clients'));

        $_SESSION['adminid'] = 1;
        $this->post(['act' => 'freeze-client', 'client' => (string) $client, 'reason' => 'One']);
        $this->post(['act' => 'freeze-client', 'client' => (string) $client, 'reason' => 'Two']);
        $row = Database::row('SELECT reason, frozen_by FROM mod_creditbridge_frozen_clients');
        self::assertSame(['reason' => 'One', 'frozen_by' => 'admin:1'], $row);
        self::assertCount(1, preg_grep('/admin 1 at .* froze a client .*: One/', self::activity()));
        $this->post(['act' => 'unfreeze-client', 'client' => (string) $client, 'reason' => ' ']);
        self::assertCount(1, Database::rows('SELECT * FROM mod_creditbridge_frozen_clients'));
    }

    public function testSendsAndRunsNothingWhileHaltedAndKeepsHooks(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $client = $this->client('0.00');
        $id = $this->bonus($client);
        $this->halt();
        Database::change(
            'INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)'
            . " VALUES ('x', 'InvoiceCreated', '{}', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"
        );
        $settings = Settings::load();

        self::assertSame(0, (new Round($settings))->work(self::soon()));
        self::assertStringContainsString('earlier state', (new Executor($settings))->obstacle());
        try {
            (new Service($settings))->call('/v1/run', [], 1000);
            self::fail('it was sent');
        } catch (ServiceDown $down) {
            self::assertSame('halted', $down->reason());
        }
        $_GET = [];
        $html = (new AdminPage(self::BASE))->render();

        self::assertSame([], $peer->requests());
        self::assertSame('open', self::state($id));
        self::assertCount(1, self::spooled());
        self::assertStringContainsString('Was this database restored from a backup?', $html);
        self::assertStringContainsString('row 812 &lt;gone&gt;', $html);
        self::assertStringContainsString('restored to an earlier state', Alert::html($settings));
    }

    public function testAHaltThatComesBetweenChoosingAndStartingStillHolds(): void
    {
        $client = $this->client('0.00');
        $this->bonus($client);
        Lease::prepare([$client]);
        $chosen = Queue::next([$client])[$client];
        $this->halt();

        self::assertNull(Queue::start($chosen, []));
    }

    public function testReadoptingLeavesBehindWhatWasNotSettledOrSent(): void
    {
        $client = $this->client('0.00');
        $open = $this->bonus($client);
        $unknown = $this->bonus($client, ['state' => 'unknown']);
        $done = $this->bonus($client, ['state' => 'done']);
        Database::change(
            'INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)'
            . " VALUES ('x', 'InvoiceCreated', '{}', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"
        );
        $this->halt();

        $this->post(['act' => 'readopt']);
        $this->post(['act' => 'continue']);

        self::assertSame('readopt', Settings::load()->text('halted'), 'the first answer counts');
        self::assertSame(['stale', 'stale', 'done'], array_map([self::class, 'state'], [$open, $unknown, $done]));
        self::assertNull(self::row($open)['live_fact']);
        self::assertSame([], self::spooled());
        self::assertSame(0, $this->execute(), 'until the service has read the answer');
        self::assertStringContainsString('The service continues as soon as', (new AdminPage(self::BASE))->render());
        self::assertCount(1, preg_grep('/admin 1 said that the database was restored/', self::activity()));
    }

    public function testContinuingKeepsWhatWasNotSettledOrSent(): void
    {
        $client = $this->client('0.00');
        $open = $this->bonus($client);
        $this->halt();
        $_SESSION['adminid'] = Database::value("SELECT id FROM tbladmins WHERE username = 'limited'");
        $this->post(['act' => 'continue']);
        self::assertSame('restored', Settings::load()->text('halted'), 'not for everyone');
        $_SESSION['adminid'] = 1;

        $this->post(['act' => 'continue']);

        self::assertSame('continue', Settings::load()->text('halted'));
        self::assertSame('open', self::state($open));
        // The service reads it and clears the column.
        Settings::load()->write(['halted' => '']);
        self::assertSame(1, $this->execute());
    }

    private function halt(): void
    {
        Settings::load()->write(['halted' => 'restored', 'halted_reason' => 'The credit log went back: row 812 <gone>.']);
    }

    private function bonus(int $client, array $more = []): string
    {
        return $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ], $more);
    }

    private function execute(int $clientId = 0): int
    {
        return (new Executor(Settings::load()))->run(self::soon(), $clientId);
    }

    private function post(array $form): void
    {
        $_SERVER['REQUEST_METHOD'] = 'POST';
        $_POST = $_REQUEST = $form + ['token' => generate_token('plain')];
        (new AdminPage(self::BASE))->render();
        $_SERVER['REQUEST_METHOD'] = 'GET';
    }
}
